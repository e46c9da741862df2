// Pictures from the data that stand in the page: {kind, categories, series: [{name, data}], unit, links}.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, ToolboxComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, ToolboxComponent, TooltipComponent, SVGRenderer]);

// Okabe and Ito's palette: told apart by colour-blind eyes.
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"];
const FONT = getComputedStyle(document.body).fontFamily;
const figures = new Intl.NumberFormat("zh-CN", { maximumFractionDigits: 2 });
const money = new Intl.NumberFormat("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

function axes(data) {
  const names = { type: "category", data: data.categories, axisTick: { show: false }, axisLabel: { fontSize: 13, color: "#3b4654", hideOverlap: true, interval: data.categories.length > 14 ? "auto" : 0 } };
  const values = {
    type: "value", name: data.series.length > 1 ? "" : data.unit, nameTextStyle: { color: "#5c6773" }, splitNumber: data.kind === "bars" ? 3 : 5, splitLine: { lineStyle: { color: "#e6e8ec" } },
    axisLabel: { formatter: (v) => figures.format(v), color: "#5c6773" }, minInterval: data.whole ? 1 : 0,
  };
  if (data.kind !== "bars") return { xAxis: names, yAxis: values };
  return { xAxis: { ...values, nameLocation: "end" }, yAxis: { ...names, inverse: true, axisLabel: { ...names.axisLabel, width: 190, overflow: "truncate" } } };
}

function draw(place) {
  const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const exact = data.unit === "元" ? money : figures;
  const chart = init(place, null, { renderer: "svg" });
  const lying = data.kind === "bars";
  chart.setOption({
    color: COLOURS, textStyle: { fontFamily: FONT, fontSize: 13 }, animation: false,
    aria: { enabled: true, decal: { show: data.series.length > 1 } },
    grid: { left: 8, right: lying ? 70 : 16, top: data.series.length > 1 ? 40 : 30, bottom: 8, containLabel: true },
    legend: data.series.length > 1 ? { top: 0, left: 0, itemGap: 18 } : undefined,
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: (v) => `${exact.format(v)} ${data.unit}`, renderMode: "richText" },
    toolbox: { right: 0, top: -4, feature: { saveAsImage: { title: "存为图片", name: document.title, type: "svg" } } },
    ...axes(data),
    series: data.series.map((s) => ({
      ...s, type: data.kind === "line" ? "line" : "bar", stack: data.stack ? "all" : undefined, barMaxWidth: 18,
      cursor: data.links ? "pointer" : "default",
      label: lying && data.series.length === 1 ? { show: true, position: "right", formatter: (p) => exact.format(p.value) } : undefined,
    })),
  });
  if (data.links) chart.on("click", (p) => { window.location = data.links[p.dataIndex]; });
  new ResizeObserver(() => chart.resize()).observe(place);
  place.dataset.drawn = "yes";
}

window.yijianCharts = {
  drawAll() { document.querySelectorAll("[data-chart]:not([data-drawn])").forEach(draw); },
};
