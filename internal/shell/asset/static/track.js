// Tracks while on duty, and only while this page is open: the person starts it
// below the words that say what is kept, sees that it tracks, and it stops at the
// sign-out. Without it duty is known by signing in alone.

const box = /** @type {HTMLElement|null} */ (document.querySelector("[data-track]"));
if (box && navigator.geolocation) track(box);

function track(/** @type {HTMLElement} */ box) {
  const words = JSON.parse(box.dataset.words || "{}");
  const say = /** @type {HTMLElement} */ (box.querySelector("[data-said]"));
  const button = /** @type {HTMLButtonElement} */ (box.querySelector("button"));
  /** @type {{at: number, lat: number, lng: number, accuracy: number}[]} */
  let points = [];
  let watching = 0, timer = 0, kept = 0, left = 0;

  const stop = () => {
    navigator.geolocation.clearWatch(watching);
    clearInterval(timer);
    watching = timer = 0;
    button.textContent = words.start;
    box.classList.remove("live");
  };

  // What the phone's own clock shows goes with every batch, so that a clock that is
  // wrong does not lose the points. A batch outlives the page that signs out.
  const send = async () => {
    if (!points.length) return;
    const batch = points.slice(0, 500);
    try {
      const answer = await fetch("/street/track", {method: "POST", keepalive: true, headers: {"Content-Type": "application/json"}, body: JSON.stringify({now: Date.now(), points: batch})});
      if (!answer.ok) throw new Error(String(answer.status));
      const said = await answer.json();
      points = points.slice(batch.length);
      kept += said.kept;
      left += batch.length - said.kept;
      say.textContent = words.on.replace("{n}", String(kept)) + (left ? " " + words.left.replace("{n}", String(left)) : "");
      if (!said.on_duty) {
        stop();
        say.textContent = words.over;
      }
    } catch {
      say.textContent = words.waiting.replace("{n}", String(points.length));
    }
  };

  button.hidden = false;
  button.addEventListener("click", () => {
    if (watching) {
      send();
      stop();
      say.textContent = words.off;
      return;
    }
    watching = navigator.geolocation.watchPosition((p) => {
      points.push({at: p.timestamp, lat: p.coords.latitude, lng: p.coords.longitude, accuracy: p.coords.accuracy});
      if (kept + left === 0) send(); // whoever starts sees at once that it works
    }, () => {
      stop();
      say.textContent = words.refused;
    }, {enableHighAccuracy: true, maximumAge: 0});
    timer = window.setInterval(send, 15000);
    button.textContent = words.stop;
    say.textContent = words.on.replace("{n}", "0");
    box.classList.add("live");
  });
  document.querySelector("[data-sign-out]")?.addEventListener("submit", () => {
    send();
    stop();
  });
}
