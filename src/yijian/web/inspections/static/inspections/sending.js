// Sending what waits, and fetching what is new. Ids are made on the phone: what is sent twice is entered once.
export class Refused extends Error {
  constructor(words, status = 0) {
    super(words);
    this.status = status;
  }
}

// A sentence for the user where the server refuses; the browser's own error where there is no network.
async function said(answer) {
  if (answer.type === "opaqueredirect") throw new Refused("登录已过期，请登录后再同步；手机上的内容都在"); // it leads to the log-in
  if (!(answer.headers.get("Content-Type") || "").startsWith("application/json"))
    throw new Refused(answer.status === 403 ? "登录已过期，请登录后再同步；手机上的内容都在" : `服务器没有接收（${answer.status}），稍后再试；手机上的内容都在`, answer.status);
  const words = await answer.json();
  if (!answer.ok) throw new Refused(words.problem || `服务器没有接收（${answer.status}）`, answer.status);
  return words;
}

export const there = async () => said(await fetch("/inspections/phone/there/", { redirect: "manual" }));

export async function fetched(account, id) {
  const words = await said(await fetch(`/inspections/${id}/carry/`, { redirect: "manual" }));
  if (words.account !== account) throw new Refused("现在登录的是另一个账号，请刷新页面");
  return words;
}

async function posted(address, account, token, fields) {
  const form = new FormData();
  for (const [name, value] of Object.entries({ account, csrfmiddlewaretoken: token, ...fields })) form.append(name, value ?? "");
  return said(await fetch(address, { method: "POST", body: form, redirect: "manual" }));
}

// Send all of one inspection. Each thing leaves the phone only when the server has said that it has it. A photograph that the server
// refuses is marked with its reason and stands in nobody's way; it is tried again when a person asks.
export async function sent(store, account, id, asked) {
  const now = await there(); // a fresh token, and whether somebody else has logged in since
  if (now.account !== account) throw new Refused("现在登录的是另一个账号；手机上的内容属于原来的账号，请用它登录后再同步");
  const entries = await store.taken(id);
  let newest = null;
  if (entries.length) {
    const rows = entries.map(({ id: key, item, answer, note, at, seen }) => ({ id: key, item, answer, note, at, seen }));
    newest = (await posted(`/inspections/${id}/sync/`, account, now.token, { entries: JSON.stringify(rows) })).inspection;
    for (const one of entries) await store.drop("entries", one.id);
  }
  for (const one of await store.waiting("photos", id)) {
    if (one.refused && !asked) continue;
    const { id: key, taken, place, note, item, sha256, file } = one;
    try {
      await posted(`/inspections/${id}/sync-photo/`, account, now.token, { id: key, taken, place, note, item, sha256, files: new File([file], one.name) });
      await store.drop("photos", key);
    } catch (trouble) {
      if (trouble.status !== 400 && trouble.status !== 413) throw trouble;
      await store.refuse(key, trouble.message);
    }
  }
  return newest ?? (await fetched(account, id)).inspection;
}
