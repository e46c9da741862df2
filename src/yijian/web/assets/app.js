import "htmx.org/dist/htmx.min.js";

// Charts are heavy: their script is fetched only by pages that have one (`data-chart` names the JSON of its data).
let wanted = false;
function draw() {
  if (!document.querySelector("[data-chart]")) return;
  if (window.yijianCharts) return window.yijianCharts.drawAll();
  if (wanted) return;
  wanted = true;
  const script = document.createElement("script");
  script.src = new URL("charts.js", here).href;
  script.onload = () => window.yijianCharts.drawAll();
  document.head.append(script);
}
const here = document.currentScript.src;

document.addEventListener("DOMContentLoaded", draw);
// The side has more work than a low screen: the page one is on is in sight.
document.addEventListener("DOMContentLoaded", () => document.querySelector(".yj-side .nav-item.active")?.scrollIntoView({ block: "nearest" }));
document.addEventListener("htmx:after:swap", draw);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
// A filter form without its empty fields: the address stays short enough to be sent to a colleague.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "get") return;
  for (const field of event.target.elements) if (field.name && !field.value) field.disabled = true;
  setTimeout(() => { for (const field of event.target.elements) field.disabled = false; });
});
document.addEventListener("htmx:config:request", (event) => {
  const body = event.detail.ctx.request.body;
  for (const name of new Set(body.keys())) if (!body.get(name)) body.delete(name);
});
// Keys for those who decide all day: an element with data-key is clicked; j and k walk the rows, x ticks, Enter opens.
const rows = () => [...document.querySelectorAll("[data-row]")];
function walk(step) {
  const all = rows(), at = all.indexOf(document.activeElement);
  all[Math.max(0, Math.min(all.length - 1, at + step))]?.focus();
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]):not([type=radio]), select, textarea")) return;
  const row = event.target.closest("tr")?.querySelector("input[type=checkbox]");
  if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "x" && row) row.checked = !row.checked;
  else if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
  else {
    const wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!wanted) return;
    wanted.click();
  }
  event.preventDefault();
});
// One tick for all of a page.
document.addEventListener("change", (event) => {
  const name = event.target.dataset?.tick;
  if (name) for (const box of document.getElementsByName(name)) box.checked = event.target.checked;
});
// Who logs out leaves no page of inspections behind on a phone (inspections/phone.js): without it nobody sees what lies there.
document.addEventListener("submit", (event) => {
  if (event.target.action?.endsWith("/logout/")) window.caches?.delete("yijian-phone");
});
