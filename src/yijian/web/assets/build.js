// Bundles the pages' styles and scripts from node_modules into static/vendor/: no page ever asks the internet.
//   app.css    Tabler's base and our tokens            app.js     htmx, our few lines
//   charts.js  ECharts with the pictures we draw       icons.svg  a sprite of the icons we use
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const here = new URL(".", import.meta.url).pathname;
const out = new URL("../static/vendor/", import.meta.url).pathname;
const icons = readFileSync(`${here}icons.txt`, "utf8").split("\n").filter(Boolean);

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await build({
  entryPoints: [`${here}app.css`, `${here}app.js`, `${here}charts.js`],
  outdir: out, bundle: true, minify: true, format: "iife", target: "es2022", legalComments: "eof", logLevel: "warning",
});

const drawings = new URL("../../../../node_modules/@tabler/icons/icons/outline/", import.meta.url).pathname;
const symbols = icons.map((name) => {
  const svg = readFileSync(`${drawings}${name}.svg`, "utf8");
  const inner = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>")).replace(/\s+/g, " ").trim();
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`;
});
writeFileSync(`${out}icons.svg`, `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);
