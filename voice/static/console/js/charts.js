// The curves of the page of figures, drawn by uPlot; they follow the theme, the width, and the time.
import { get } from "./server.js";
import { written } from "./times.js";

const EVERY_MS = 10000;
const KINDS = {
  live: {
    series: [["Live calls", "--accent", "live"]],
    value: (number) => `${number}`,
    steps: true,
  },
  webhooks: {
    series: [["Half within", "--good", "p50_ms"], ["99 of 100 within", "--wait", "p99_ms"]],
    value: (number) => `${number} ms`,
  },
};

class DrawnFigures extends HTMLElement {
  connectedCallback() {
    this.points = JSON.parse(this.querySelector("[data-drawn]").textContent);
    this.plots = new Map();
    this.redraw = () => this.draw();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", this.redraw);
    this.theme = new MutationObserver(this.redraw);
    this.theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(this);
    this.timer = setInterval(() => this.refresh(), EVERY_MS);
    this.draw();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    this.theme.disconnect();
    this.sizes.disconnect();
    matchMedia("(prefers-color-scheme: dark)").removeEventListener("change", this.redraw);
  }

  async refresh() {
    if (document.hidden) return;
    const fresh = await get(`/admin/figures?hours=${this.dataset.hours}`).catch(() => null);
    if (!fresh) return;
    this.points = fresh;
    for (const [name, plot] of this.plots) {
      plot.setData(data(name, fresh[name]));
      if (plot.cursor.left < 0) showLast(plot);
    }
    const now = fresh.live.at(-1)?.live;
    if (now !== undefined) this.querySelector("[data-now-live]").textContent = now;
  }

  /** The time that is shown, the same for every curve: seconds. */
  span() {
    const [first, last] = [this.points.live[0], this.points.live.at(-1)];
    return [Date.parse(first.at) / 1000, Date.parse(last.at) / 1000];
  }

  draw() {
    for (const place of this.querySelectorAll("[data-draw]")) {
      const name = place.dataset.draw;
      this.plots.get(name)?.destroy();
      const plot = new uPlot(options(name, place, () => this.span()), data(name, this.points[name]), place);
      this.plots.set(name, plot);
      showLast(plot);
    }
  }

  resize() {
    for (const plot of this.plots.values()) plot.setSize(size(plot.root.parentElement));
  }
}

const LEGEND = 32; // pixels below the curves
const size = (place) => ({ width: Math.max(200, place.clientWidth), height: place.clientHeight - LEGEND });

function data(name, points) {
  const times = points.map((point) => Date.parse(point.at) / 1000);
  return [times, ...KINDS[name].series.map(([, , field]) => points.map((point) => point[field]))];
}

/** While nobody points at a curve, its legend shows the newest values. */
function showLast(plot) {
  plot.setLegend({ idx: plot.data[0].length ? plot.data[0].length - 1 : null });
}

function options(name, place, span) {
  const style = getComputedStyle(place);
  const colour = resolved;
  const { series, value, steps } = KINDS[name];
  const axis = { stroke: colour("--ink-soft"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: `12px ${style.fontFamily}` };
  return {
    ...size(place),
    padding: [8, 8, 0, 0],
    cursor: { y: false },
    axes: [{ ...axis, values: (_, ticks) => ticks.map(timeOf) }, { ...axis, size: 48, values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? tick : "")) }],
    hooks: { setCursor: [(plot) => plot.cursor.left < 0 && showLast(plot)] },
    scales: { x: { range: span }, y: { range: (_, __, most) => [0, Math.max(4, most * 1.1)] } },
    series: [
      { value: (_, time) => (time === null ? "" : written("moment", new Date(time * 1000))), label: "At" },
      ...series.map(([label, property]) => ({
        label,
        stroke: colour(property),
        width: 1.5,
        points: { show: !steps, size: 4 },
        paths: steps ? uPlot.paths.stepped({ align: -1 }) : undefined,
        value: (_, number) => (number === null ? "" : value(number)),
      })),
    ],
  };
}

/** The time below the axis, in seconds; the first of a day says which day it is. */
function timeOf(time, at, ticks) {
  const [moment, before] = [new Date(time * 1000), new Date((ticks[at - 1] ?? 0) * 1000)];
  const hours = written("hours", moment);
  return moment.toDateString() === before.toDateString() ? hours : `${hours}\n${written("day", moment)}`;
}

/** A custom property as a colour that a canvas understands: light-dark() is resolved by an element. */
function resolved(property) {
  const probe = document.createElement("span");
  probe.style.color = `var(${property})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

customElements.define("drawn-figures", DrawnFigures);
