// What lies on the phone, in a database of the account: inspections as they were fetched, and what waits to be sent.
export async function opened(account) {
  const db = await asked(Object.assign(indexedDB.open(`yijian-inspections-${account}`, 1), {
    onupgradeneeded: (event) => {
      const made = event.target.result;
      made.createObjectStore("inspections", { keyPath: "id" });
      for (const name of ["entries", "photos"]) made.createObjectStore(name, { keyPath: "id" }).createIndex("of", "inspection");
    },
  }));
  const within = (name, work) => new Promise((done, failed) => {
    const change = db.transaction(name, "readwrite");
    let made;
    work(change.objectStore(name), (value) => { made = value; });
    change.oncomplete = () => done(made);
    change.onerror = change.onabort = () => failed(change.error);
  });
  const store = (name, mode = "readonly") => db.transaction(name, mode).objectStore(name);
  return {
    all: () => asked(store("inspections").getAll()),
    one: (id) => asked(store("inspections").get(id)),
    keep: (name, row) => asked(store(name, "readwrite").put(row)),
    waiting: async (name, id) => inOrder(await asked(store(name).index("of").getAll(id))),
    // What waits to be sent, marked in the same step: from here on it is not changed any more, for the server may have it.
    taken: (id) => within("entries", (entries, done) => {
      const found = entries.index("of").getAll(id);
      found.onsuccess = () => done(inOrder(found.result).map((row) => { if (!row.tried) entries.put({ ...row, tried: true }); return row; }));
    }),
    // An answer: over the item's own that was not sent yet, else after it. fresh: id, n and what the writer had before him.
    answer: (fresh, said) => within("entries", (entries, done) => {
      const found = entries.index("of").getAll(fresh.inspection);
      found.onsuccess = () => {
        const own = inOrder(found.result).filter((row) => row.item === fresh.item).at(-1);
        const row = own && !own.tried ? own : { ...fresh, seen: own?.id ?? fresh.seen, tried: false };
        done(entries.put({ ...row, ...said }));
      };
    }),
    // An inspection as the server has it now, unless it was taken off the phone meanwhile.
    renew: (one) => within("inspections", (inspections, done) => {
      const found = inspections.getKey(one.id);
      found.onsuccess = () => done(found.result && inspections.put(one));
    }),
    // The server's reason against a photograph, unless it was deleted meanwhile.
    refuse: (id, words) => within("photos", (photos, done) => {
      const found = photos.get(id);
      found.onsuccess = () => done(found.result && photos.put({ ...found.result, refused: words }));
    }),
    drop: (name, id) => asked(store(name, "readwrite").delete(id)),
    // An inspection with all that belongs to it, at once or not at all.
    forget: (id) => new Promise((done, failed) => {
      const change = db.transaction(["inspections", "entries", "photos"], "readwrite");
      change.objectStore("inspections").delete(id);
      for (const name of ["entries", "photos"]) {
        const walk = change.objectStore(name).index("of").openCursor(IDBKeyRange.only(id));
        walk.onsuccess = () => { if (walk.result) { walk.result.delete(); walk.result.continue(); } };
      }
      change.oncomplete = () => done();
      change.onerror = change.onabort = () => failed(change.error);
    }),
  };
}

const inOrder = (rows) => rows.sort((a, b) => a.n - b.n);
const asked = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});
