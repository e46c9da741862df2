// Pictures from the data that stand in the page: {kind, categories, series: [{name, data}], unit, links}.
// kind spans: bars from a day to a day, {categories, spans: [[begin, end]], today}.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, ToolboxComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, MarkLineComponent, ToolboxComponent, TooltipComponent, SVGRenderer]);

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

const DAY = 24 * 3600 * 1000;
const dayOf = (ms) => new Date(ms).toISOString().slice(0, 10);

// A bar a span on a scale of days: an unseen bar up to its first day carries it.
function spans(data) {
  const days = data.spans.map(([begin, end]) => [Date.parse(begin), Date.parse(end) + DAY]);
  const today = Date.parse(data.today);
  const state = ([begin, end]) => (today >= end ? "#8a94a0" : today >= begin ? COLOURS[0] : COLOURS[4]);
  const from = Math.min(...days.map(([begin]) => begin)), to = Math.max(...days.map(([, end]) => end));
  const marked = today >= from && today <= to;
  return {
    textStyle: { fontFamily: FONT, fontSize: 13 }, animation: false, aria: { enabled: true },
    grid: { left: 8, right: 24, top: 26, bottom: 8, containLabel: true },
    tooltip: { trigger: "item", renderMode: "richText", formatter: (p) => `${p.name}\n${data.spans[p.dataIndex].join(" 至 ")}` },
    xAxis: { type: "value", min: from, max: to, splitNumber: 5, axisLabel: { formatter: dayOf, color: "#5c6773", hideOverlap: true }, splitLine: { lineStyle: { color: "#e6e8ec" } } },
    yAxis: { type: "category", inverse: true, data: data.categories, axisTick: { show: false }, axisLabel: { fontSize: 13, color: "#3b4654", width: 150, overflow: "truncate" } },
    series: [
      { type: "bar", stack: "all", silent: true, itemStyle: { color: "transparent" }, data: days.map(([begin]) => begin) },
      {
        type: "bar", stack: "all", barMaxWidth: 18, data: days.map((one) => ({ value: one[1] - one[0], itemStyle: { color: state(one) } })),
        markLine: marked ? { symbol: "none", silent: true, lineStyle: { color: COLOURS[1], type: "solid" }, label: { formatter: "今天", position: "start", color: "#8f4300" }, data: [{ xAxis: today }] } : undefined,
      },
    ],
  };
}

function draw(place) {
  const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  if (data.kind === "spans") {
    const road = init(place, null, { renderer: "svg" });
    road.setOption(spans(data));
    new ResizeObserver(() => road.resize()).observe(place);
    place.dataset.drawn = "yes";
    return;
  }
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
