// Keeps the page of inspections on the phone, and nothing else: what it shows lies in IndexedDB, under the account.
const KEPT = "yijian-phone"; // static/inspections/offline.js puts the page there at the first visit
const PAGE = new URL("./", self.location).pathname;
const PATIENCE = 4000; // ms: a ward has networks that answer after a minute

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The network first, so that a new version and a new account are seen at once; what was kept last where it is silent.
self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname !== PAGE && !url.pathname.startsWith("/static/")) return;
  event.respondWith(freshOrKept(request));
});

async function freshOrKept(request) {
  const kept = await caches.open(KEPT), known = await kept.match(request, { ignoreSearch: true });
  const fresh = fetch(request).then(async (answer) => {
    if (answer.ok && !answer.redirected) await kept.put(request, answer.clone()); // a redirect leads to the log-in: not kept
    return answer;
  });
  if (!known) return fresh;
  const late = new Promise((done) => { setTimeout(done, PATIENCE, known); });
  return Promise.race([fresh.catch(() => known), late]);
}
