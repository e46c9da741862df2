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
