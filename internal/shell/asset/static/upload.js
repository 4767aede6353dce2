// Big files over bad networks: the client of /enforcement/uploads (tus 1.0).
// A file goes in parts; after a break the same file, chosen again, goes on where
// it stopped. A whole one becomes a choice of the form that data-to names.

const part = 8 << 20, home = "/enforcement/uploads";
const b64 = (/** @type {string} */ s) => btoa(String.fromCharCode(...new TextEncoder().encode(s)));

/** @param {string} method @param {string} url @param {Record<string, string>} headers @param {Blob} [body] */
async function ask(method, url, headers, body) {
  const answer = await fetch(url, {method, headers: {"Tus-Resumable": "1.0.0", Accept: "application/json", ...headers}, body});
  if (!answer.ok) {
    const said = await answer.json().catch(() => ({}));
    throw new Error(said.detail || said.title || String(answer.status));
  }
  return answer;
}

document.querySelectorAll("[data-upload]").forEach((b) => {
  const box = /** @type {HTMLElement} */ (b);
  const input = /** @type {HTMLInputElement} */ (box.querySelector("input[type=file]"));
  const list = /** @type {HTMLElement} */ (box.querySelector("ul"));
  input.addEventListener("change", async () => {
    for (const file of [...(input.files || [])]) {
      const line = document.createElement("li"), bar = document.createElement("progress"), said = document.createElement("small");
      line.append(file.name + " ", bar, said);
      said.className = "quiet block";
      said.textContent = box.dataset.wait || "";
      list.append(line);
      try {
        const {key, sum} = await send(box.dataset.upload || "", file, (done) => { bar.max = file.size; bar.value = done; });
        said.textContent = `${box.dataset.done} ${sum.slice(0, 16)}…`;
        bar.remove();
        offer(box, key, file.name);
      } catch (e) {
        said.textContent = `${box.dataset.failed}: ${/** @type {Error} */ (e).message}`;
      }
    }
    input.value = "";
  });
});

/** @param {string} of @param {File} file @param {(done: number) => void} tell */
async function send(of, file, tell) {
  const memory = ["upload", of, file.name, file.size, file.lastModified].join(":");
  let at = localStorage.getItem(memory) || "", offset = 0;
  if (at) {
    try {
      offset = Number((await ask("HEAD", at, {})).headers.get("Upload-Offset"));
    } catch {
      at = ""; // it was swept, or is somebody else's
    }
  }
  if (!at) {
    const meta = {filename: file.name, filetype: file.type || "application/octet-stream", case: of};
    const begun = await ask("POST", home, {"Upload-Length": String(file.size), "Upload-Metadata": Object.entries(meta).map(([k, v]) => `${k} ${b64(v)}`).join(",")});
    at = new URL(begun.headers.get("Location") || "", location.href).pathname;
    localStorage.setItem(memory, at);
    offset = 0;
  }
  for (let failures = 0; ;) {
    tell(offset);
    try {
      const answer = await ask("PATCH", at, {"Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream"}, file.slice(offset, offset + part));
      offset = Number(answer.headers.get("Upload-Offset"));
      failures = 0;
      const sum = answer.headers.get("Upload-Sha256");
      if (sum) {
        localStorage.removeItem(memory);
        return {key: at.slice(home.length + 1), sum};
      }
    } catch (e) {
      if (++failures > 5) throw e;
      await new Promise((done) => setTimeout(done, 1000 * 2 ** failures));
      offset = Number((await ask("HEAD", at, {})).headers.get("Upload-Offset"));
    }
  }
}

/** Adds a whole file to the form, chosen. @param {HTMLElement} box @param {string} key @param {string} name */
function offer(box, key, name) {
  const form = document.querySelector("main form.form");
  const label = document.createElement("label"), tick = document.createElement("input"), text = document.createElement("span");
  label.className = "check";
  Object.assign(tick, {type: "checkbox", name: "files", value: key, checked: true});
  text.textContent = name;
  label.append(tick, text);
  let group = form?.querySelector("input[name=files]")?.closest(".choices");
  if (!group) {
    group = document.createElement("div");
    group.className = "choices";
    const head = document.createElement("p");
    head.textContent = box.dataset.field || "";
    form?.querySelector(".steps")?.before(head, group);
  }
  group.append(label);
}
