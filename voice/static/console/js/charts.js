// <figure-charts>: the charts of the statistics page, drawn by uPlot. They follow the theme, the width, and the time.
import { getJson } from "./server.js";
import { formatTime } from "./times.js";

const REFRESH_EVERY = 10_000; // milliseconds
const LEGEND_HEIGHT = 32; // pixels below the chart
const grouped = (number) => number.toLocaleString("en");
const CHARTS = {
  live: {
    series: [["Live calls", "--accent", "live"]],
    format: grouped,
    steps: true,
  },
  webhooks: {
    series: [["Median", "--good", "p50_ms"], ["p99", "--wait", "p99_ms"]],
    format: (number) => `${grouped(number)} ms`,
  },
};

class FigureCharts extends HTMLElement {
  connectedCallback() {
    this.points = JSON.parse(this.querySelector("[data-points]").textContent);
    this.plots = new Map();
    this.redraw = () => this.draw();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", this.redraw);
    this.themeObserver = new MutationObserver(this.redraw);
    this.themeObserver.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.sizeObserver = new ResizeObserver(() => this.resize());
    this.sizeObserver.observe(this);
    this.timer = setInterval(() => this.refresh(), REFRESH_EVERY);
    this.draw();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    this.themeObserver.disconnect();
    this.sizeObserver.disconnect();
    matchMedia("(prefers-color-scheme: dark)").removeEventListener("change", this.redraw);
  }

  async refresh() {
    if (document.hidden) return;
    const points = await getJson(`/admin/figures?hours=${this.dataset.hours}`).catch(() => null);
    if (!points) return;
    this.points = points;
    for (const [name, plot] of this.plots) {
      plot.setData(plotData(name, points[name]));
      if (plot.cursor.left < 0) showNewestValues(plot);
    }
    const now = points.live.at(-1)?.live;
    if (now !== undefined) this.querySelector("[data-now-live]").textContent = grouped(now);
  }

  /** The period that every chart shows, in seconds. */
  period() {
    const [first, last] = [this.points.live[0], this.points.live.at(-1)];
    return [Date.parse(first.at) / 1000, Date.parse(last.at) / 1000];
  }

  draw() {
    for (const place of this.querySelectorAll("[data-chart]")) {
      const name = place.dataset.chart;
      this.plots.get(name)?.destroy();
      const plot = new uPlot(plotOptions(name, place, () => this.period()), plotData(name, this.points[name]), place);
      this.plots.set(name, plot);
      showNewestValues(plot);
    }
  }

  resize() {
    for (const plot of this.plots.values()) plot.setSize(plotSize(plot.root.parentElement));
  }
}

const plotSize = (place) => ({ width: Math.max(200, place.clientWidth), height: place.clientHeight - LEGEND_HEIGHT });

function plotData(name, points) {
  const times = points.map((point) => Date.parse(point.at) / 1000);
  return [times, ...CHARTS[name].series.map(([, , field]) => points.map((point) => point[field]))];
}

/** Without a pointer on the chart, its legend shows the newest values. */
function showNewestValues(plot) {
  plot.setLegend({ idx: plot.data[0].length ? plot.data[0].length - 1 : null });
}

function plotOptions(name, place, period) {
  const { series, format, steps } = CHARTS[name];
  const font = `12px ${getComputedStyle(place).fontFamily}`;
  const axis = { stroke: resolveColor("--ink-soft"), grid: { stroke: resolveColor("--line"), width: 1 }, ticks: { show: false }, font };
  return {
    ...plotSize(place),
    padding: [8, 8, 0, 0],
    cursor: { y: false },
    axes: [{ ...axis, values: (_, ticks) => ticks.map(tickLabel) }, { ...axis, size: 48, values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? grouped(tick) : "")) }],
    hooks: { setCursor: [(plot) => plot.cursor.left < 0 && showNewestValues(plot)] },
    scales: { x: { range: period }, y: { range: (_, __, highest) => [0, Math.max(4, highest * 1.1)] } },
    series: [
      { value: (_, time) => (time === null ? "" : formatTime("moment", new Date(time * 1000))), label: "Time" },
      ...series.map(([label, color]) => ({
        label,
        stroke: resolveColor(color),
        width: 1.5,
        points: { show: !steps, size: 4 },
        paths: steps ? uPlot.paths.stepped({ align: -1 }) : undefined,
        value: (_, number) => (number === null ? "" : format(number)),
      })),
    ],
  };
}

/** The label of a tick on the time axis, given in seconds; the first tick of a day includes the date. */
function tickLabel(time, index, ticks) {
  const [date, previous] = [new Date(time * 1000), new Date((ticks[index - 1] ?? 0) * 1000)];
  const hours = formatTime("hours", date);
  return date.toDateString() === previous.toDateString() ? hours : `${hours}\n${formatTime("day", date)}`;
}

/** A custom property as a color for the canvas, which does not understand light-dark(): an element resolves it. */
function resolveColor(property) {
  const probe = document.createElement("span");
  probe.style.color = `var(${property})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

customElements.define("figure-charts", FigureCharts);
