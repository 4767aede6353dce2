// One event stream for all pages of this browser.

/** @type {Set<MessagePort>} */
const ports = new Set();
/** @type {EventSource|null} */
let source = null;
let address = "";

const tell = (/** @type {unknown} */ m) => ports.forEach((p) => p.postMessage(m));

function open(/** @type {string} */ url) {
  if (source && source.readyState !== EventSource.CLOSED && url === address) return;
  source?.close();
  address = url;
  source = new EventSource(url);
  source.onmessage = (e) => tell(JSON.parse(e.data));
  source.onerror = () => tell({topic: "offline"});
  source.onopen = () => tell({topic: "online"});
}

self.addEventListener("connect", (e) => {
  const port = /** @type {MessageEvent} */ (e).ports[0];
  ports.add(port);
  port.onmessage = (m) => {
    if (m.data.url) open(m.data.url);
    if (!m.data.bye) return;
    ports.delete(port);
    if (ports.size === 0) {
      source?.close();
      source = null;
    }
  };
});
