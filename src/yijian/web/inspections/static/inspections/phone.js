// Inspections on a phone, with or without a network: everything is shown from what lies on the phone, and written there first.
import { keptHere } from "./offline.js";
import { Unfit, fitting } from "./pictures.js";
import { Refused, fetched, sent, there } from "./sending.js";
import { opened } from "./store.js";

const account = Number(document.body.dataset.account), app = document.getElementById("app");
const store = await opened(account);
let shown = Number(location.hash.slice(1)) || 0, busy = false, n = Date.now();

async function prepare() {
  const badge = document.getElementById("offline");
  let ready = false;
  try {
    ready = await keptHere(document.body.dataset.worker);
  } catch { /* no worker or no cache here: said below */ }
  badge.textContent = ready ? "可以离线使用" : "不能离线使用";
  badge.className = `badge ${ready ? "bg-green-lt" : "bg-red-lt"}`;
  if (!ready && !("serviceWorker" in navigator)) problem("这里不能离线使用：请通过 https 打开。", "offline");
}

// What is wrong, and in what: that something went well takes away words about itself only, as nobody has read the others yet.
function problem(words, about) {
  const box = document.getElementById("problem");
  if (!words && box.dataset.about !== about) return;
  box.dataset.about = about;
  box.textContent = words;
  box.hidden = !words;
  if (/登录/.test(words)) {
    const link = document.createElement("a");
    Object.assign(link, { href: `/login/?next=${encodeURIComponent("/inspections/phone/")}`, textContent: " 去登录", className: "alert-link" });
    box.append(link);
  }
}

const network = () => { document.getElementById("network").textContent = navigator.onLine ? "有网络" : "没有网络"; };
const filled = (name, words = {}) => {
  const part = document.getElementById(name).content.cloneNode(true);
  for (const place of part.querySelectorAll("[data-text]")) place.textContent = words[place.dataset.text] ?? "";
  return part;
};
const element = (tag, more, ...inside) => { const made = Object.assign(document.createElement(tag), more); made.append(...inside); return made; };

// While a finger or the mouse is down nothing moves beneath it, else what was meant for one field falls on another; a press whose end
// nobody hears of is over after a second.
let pressed = -Infinity;
addEventListener("pointerdown", () => { pressed = performance.now(); }, true);
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => { pressed = -Infinity; }, true);
const held = () => performance.now() < pressed + 1000;
const lifted = async () => { while (held()) await new Promise((done) => { setTimeout(done, 20); }); };

// The whole page of one inspection, or the list. Afterwards `refresh` changes words in place: a finger that is about to touch a field
// still finds it there.
let cards = [], drawnOf = 0;
// What somebody has begun to write and what is not an answer yet, by inspection and item: shown again with its card, counted, and
// asked for before the page is left.
const halves = new Map();
const halvesOf = (id) => [...halves.values()].filter((half) => half.inspection === id).length;
const waitingWords = (waiting, half) => [waiting ? `还有 ${waiting} 项没有同步` : "", half ? `${half} 项没有写完、没有保存` : ""].filter(Boolean).join("，") || "都已同步";
addEventListener("beforeunload", (event) => { if (halves.size) event.preventDefault(); });
async function show() {
  const one = shown && await store.one(shown);
  cards = [];
  drawnOf = one?.id ?? 0;
  if (!one) return home();
  const page = filled("t-one", one), place = page.getElementById("place"), items = page.querySelector("[data-list=items]");
  place.value = localStorage.getItem(`place-${one.id}`) ?? "";
  place.addEventListener("change", () => localStorage.setItem(`place-${one.id}`, place.value));
  let group = "";
  for (const item of one.items) {
    if (item.group !== group) items.append(element("h3", { className: "h4 mt-3", textContent: group = item.group }));
    items.append(card(one, item));
  }
  page.querySelector("[data-do=home]").addEventListener("click", () => { shown = 0; location.hash = ""; show(); });
  page.querySelector("[data-do=sync]").addEventListener("click", () => sync([one.id], true));
  page.querySelector("[data-do=delete]").addEventListener("click", () => forget(one.id));
  app.replaceChildren(page);
  await refresh();
}

async function refresh() {
  await lifted();
  const one = shown && await store.one(shown);
  if (!one || drawnOf !== one.id || cards.length !== one.items.length) return show();
  const entries = await store.waiting("entries", one.id), photos = await store.waiting("photos", one.id), waiting = entries.length + photos.length;
  if (held()) return refresh(); // somebody pressed while it was read
  app.querySelector("[data-text=unsent]").textContent = waitingWords(waiting, halvesOf(one.id));
  app.querySelector("[data-text=state]").textContent = one.state;
  for (const update of cards) update(one, entries, photos);
}

async function home() {
  const page = filled("t-home"), kept = await store.all(), list = page.querySelector("[data-list=kept]");
  for (const one of kept) {
    const waiting = (await store.waiting("entries", one.id)).length + (await store.waiting("photos", one.id)).length;
    const open = element("button", { type: "button", className: "list-group-item list-group-item-action text-start" },
      element("b", { textContent: one.who }), ` ${one.title}`, element("div", { className: "small text-secondary", textContent: waitingWords(waiting, halvesOf(one.id)) }));
    open.addEventListener("click", () => { shown = one.id; location.hash = one.id; show(); });
    list.append(open);
  }
  if (!kept.length) list.append(element("div", { className: "list-group-item text-secondary", textContent: "还没有带来检查。" }));
  app.replaceChildren(page);
  const others = app.querySelector("[data-list=there]");
  try {
    const now = await there();
    const rows = now.account === account ? now.rows.filter((row) => !kept.some((one) => one.id === row.id)) : [];
    for (const row of rows) {
      const take = element("button", { type: "button", className: "btn btn-sm btn-primary", textContent: "带到手机" });
      take.addEventListener("click", () => carry(row.id));
      others.append(element("div", { className: "list-group-item" }, element("b", { textContent: row.who }), ` ${row.title} `, take));
    }
    if (!rows.length) others.append(element("div", { className: "list-group-item text-secondary", textContent: "没有。" }));
  } catch (trouble) {
    if (trouble instanceof Refused) problem(trouble.message, "carry");
    others.append(element("div", { className: "list-group-item text-secondary", textContent: "有网络时才能带来新的检查。" }));
  }
}

// One thing to look at: what was said by all, what waits here, and the fields.
function card(one, { id, what, how }) {
  const part = filled("t-item", { what, how }), section = part.firstElementChild, note = part.querySelector("[data-note]");
  const said = part.querySelector("[data-list=said]"), boxes = part.querySelector("[data-list=answers]"), contested = part.querySelector("[data-show=contested]");
  const pictures = part.querySelector("[data-list=photos]"), camera = part.querySelector("[data-photo]");
  for (const [value, word] of Object.entries(one.answers)) {
    const radio = element("input", { type: "radio", className: "form-check-input", name: `item-${id}`, value });
    boxes.append(element("label", { className: "form-check mb-0 py-2" }, radio, element("span", { className: "form-check-label", textContent: word })));
  }
  const key = `${one.id}-${id}`, unsaved = part.querySelector("[data-text=unsaved]");
  const written = () => [boxes.querySelector("input:checked")?.value ?? "", note.value.trim()];
  // Said and counted as soon as something stands here that is not kept: JSON of what was kept last is `saved`.
  let saved = JSON.stringify(["", ""]);
  const halfway = async () => {
    const [answer, text] = written();
    if (JSON.stringify([answer, text]) === saved) halves.delete(key);
    else halves.set(key, { inspection: one.id, answer, text });
    await lifted();
    const half = halves.get(key);
    unsaved.textContent = !half ? "" : !half.answer ? "还没有保存：请选择结果" : half.answer === "no" && half.text.length < 4 ? "还没有保存：不符合的，请写明情况，至少 4 个字" : "还没有保存：写完后点一下别处";
    const waiting = (await store.waiting("entries", one.id)).length + (await store.waiting("photos", one.id)).length;
    const place = app.querySelector("[data-text=unsent]");
    if (place && drawnOf === one.id) place.textContent = waitingWords(waiting, halvesOf(one.id));
  };
  const write = async () => {
    const [answer, text] = written();
    if (!answer || (answer === "no" && text.length < 4) || (contested.hidden && JSON.stringify([answer, text]) === saved)) return halfway();
    const newest = (await store.one(one.id)).items.find((item) => item.id === id).entries[0];
    const fresh = { id: crypto.randomUUID(), inspection: one.id, item: id, n: n += 1, seen: newest?.id ?? "" };
    await store.answer(fresh, { answer, note: text, at: new Date().toISOString() });
    saved = JSON.stringify([answer, text]);
    await halfway();
    await refresh();
    sync([one.id]);
  };
  boxes.addEventListener("change", write);
  note.addEventListener("change", write);
  note.addEventListener("input", halfway);
  camera.addEventListener("change", () => photo(one.id, { id, what }, camera));
  let drawn = "";
  cards.push((now, entries, photos) => {
    const item = now.items.find((row) => row.id === id), own = entries.filter((row) => row.item === id), taken = photos.filter((row) => row.item === id);
    const lines = [...own.toReversed().map((row) => [row, "在手机上，没有同步"]), ...item.entries.map((row) => [row, `${row.by} ${row.at}`])];
    said.replaceChildren(...lines.map(([row, by]) => element("div", { className: "yj-said small", textContent: `${now.answers[row.answer]} ${row.note} · ${by}` })));
    contested.hidden = !item.contested || own.length > 0;
    pictures.replaceChildren(...taken.map(pictured));
    const shows = own.at(-1) ?? (item.contested ? undefined : item.entries[0]), state = JSON.stringify([shows?.answer, shows?.note, now.open]);
    if (state === drawn || section.contains(document.activeElement)) return; // nobody's half-written words are taken away
    drawn = state;
    saved = JSON.stringify([shows?.answer ?? "", shows?.note ?? ""]);
    const half = halves.get(key) ?? { answer: shows?.answer, text: shows?.note };
    note.value = half.text ?? "";
    note.disabled = camera.disabled = !now.open;
    for (const radio of boxes.querySelectorAll("input")) Object.assign(radio, { checked: radio.value === half.answer, disabled: !now.open });
    if (halves.has(key)) halfway();
  });
  return part;
}

// A photograph that waits; one that the server refused says why, and can be deleted.
function pictured(row) {
  const image = element("img", { src: URL.createObjectURL(row.file), alt: "没有同步的照片", width: 72, className: "rounded border" });
  if (!row.refused) return image;
  const away = element("button", { type: "button", className: "btn btn-sm", textContent: "删除这张照片" });
  away.addEventListener("click", async () => { await store.drop("photos", row.id); await refresh(); });
  return element("div", {}, image, element("div", { className: "text-danger small", textContent: `没有接收：${row.refused}` }), away);
}

async function photo(inspection, item, camera) {
  const [file] = camera.files, place = document.getElementById("place").value.trim();
  if (!file) return;
  if (!place) { camera.value = ""; return problem("请先写明现在的地点，再拍照", "photo"); }
  problem("", "photo");
  let fit;
  try {
    fit = await fitting(file);
  } catch (trouble) {
    camera.value = "";
    if (trouble instanceof Unfit) return problem(trouble.message, "photo");
    throw trouble;
  }
  const { bytes, type } = fit, digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  await store.keep("photos", {
    id: crypto.randomUUID(), inspection, item: item.id, n: n += 1, taken: new Date().toISOString(), place, note: item.what.slice(0, 200),
    name: type === "image/png" ? "照片.png" : "照片.jpg",
    sha256: [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join(""), file: new Blob([bytes], { type }),
  });
  camera.value = ""; // the same one may be taken again
  await refresh();
  sync([inspection]);
}

async function carry(id) {
  try {
    const { inspection } = await fetched(account, id);
    await store.keep("inspections", inspection);
    shown = id;
    location.hash = id;
    problem("", "carry");
  } catch (trouble) {
    problem(trouble instanceof Refused ? trouble.message : "没有网络，不能带来新的检查", "carry");
  }
  await show();
}

// asked: by a person, who is told if it does not work; else it is tried again when there is a network.
const again = new Set();
async function sync(ids, asked = false) {
  if (!navigator.onLine) return void (asked && problem("现在没有网络，有网络时会自动同步；手机上的内容都在", "sync"));
  if (busy) return void ids.forEach((id) => again.add(id)); // what was written meanwhile goes after it
  busy = true;
  let refused = "";
  try {
    for (const id of ids) {
      try {
        await syncOne(id, asked);
      } catch (trouble) {
        if (trouble.status !== 400) throw trouble; // what this inspection is refused does not hold up the next
        refused ||= trouble.message;
      }
    }
    problem(refused, "sync");
  } catch (trouble) {
    if (trouble instanceof Refused) problem(trouble.message, "sync");
    else if (asked) problem("网络断了，没有送完；手机上的内容都在，有网络时会自动同步", "sync");
  } finally {
    busy = false;
  }
  await refresh();
  if (again.size) { const ids = [...again]; again.clear(); sync(ids); }
}

async function syncOne(id, asked) {
  const newest = await sent(store, account, id, asked);
  const left = (await store.waiting("entries", id)).length + (await store.waiting("photos", id)).length + halvesOf(id);
  if (newest.open || left) return store.renew(newest);
  await store.forget(id);
  localStorage.removeItem(`place-${id}`);
  if (shown === id) shown = 0;
}

async function forget(id) {
  const waiting = (await store.waiting("entries", id)).length + (await store.waiting("photos", id)).length + halvesOf(id);
  if (!confirm(waiting ? `还有 ${waiting} 项没有同步或没有写完，删除后找不回来。确定删除？` : "从手机删除这次检查？服务器上的不受影响。")) return;
  for (const [key, half] of halves) if (half.inspection === id) halves.delete(key);
  await store.forget(id);
  localStorage.removeItem(`place-${id}`);
  shown = 0;
  location.hash = "";
  await show();
}

const syncAll = async () => sync((await store.all()).map((one) => one.id));
addEventListener("online", () => { network(); syncAll(); });
addEventListener("offline", network);
network();
if (shown && !(await store.one(shown))) await carry(shown);
else await show();
syncAll();
await prepare();
