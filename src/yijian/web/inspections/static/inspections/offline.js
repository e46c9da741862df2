// The page with all that it has loaded is put into the worker's cache at once: the first visit may be the last with a network.
const KEPT = "yijian-phone"; // as phone_worker.js and assets/app.js name it

// Whether this page opens without a network from now on. It throws where the browser keeps nothing (no https, private window).
export async function keptHere(worker) {
  await navigator.serviceWorker.register(worker);
  await navigator.serviceWorker.ready;
  const kept = await caches.open(KEPT), page = location.pathname;
  const loaded = performance.getEntriesByType("resource").map((one) => new URL(one.name))
    .filter((url) => url.origin === location.origin && url.pathname.startsWith("/static/")).map((url) => url.pathname + url.search);
  const wanted = [page, ...new Set(loaded)];
  await Promise.all(wanted.map(async (address) => {
    if (address !== page && await kept.match(address)) return;
    try {
      const answer = await fetch(address);
      if (answer.ok && !answer.redirected) await kept.put(address, answer);
    } catch { /* without a network what was kept before must do: asked below */ }
  }));
  return (await Promise.all(wanted.map((address) => kept.match(address, { ignoreSearch: true })))).every(Boolean);
}
