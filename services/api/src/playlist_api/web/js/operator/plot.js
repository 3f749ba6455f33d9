/** Recall over time, as a drawing; the table below it says the same in figures. */

import { draw, make, share, show } from "./elements.js";

const HEIGHT = 200;
// Room for half a point at each edge.
const EDGE = 8;
const LABELS_WIDTH = 56;
const days = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

let shown = "";

/** Draws the models that were measured, oldest on the left. */
export function showPlot(models) {
  const isMeasured = ({ evaluation }) => evaluation.requests !== 0 && typeof evaluation.recall_at_10 === "number";
  const measured = models.filter(isMeasured).reverse();
  const key = JSON.stringify([measured, width()]);
  if (key === shown) return;
  shown = key;
  if (measured.length) document.getElementById("plot").replaceChildren(figureOf(measured));
  else show("plot", make("p", { class: "quiet" }, "No kept model was measured."));
}

function width() {
  return Math.max(200, Math.floor(document.getElementById("plot").clientWidth) - LABELS_WIDTH);
}

function figureOf(models) {
  const box = { width: width(), height: HEIGHT };
  const times = models.map(({ model_date: date }) => Date.parse(date));
  const recalls = models.map(({ evaluation }) => evaluation.recall_at_10);
  const popular = models.map(({ evaluation }) => evaluation.recall_at_10_by_popularity ?? null);
  const top = niceTop(Math.max(...recalls, ...popular.filter((each) => each !== null)));
  const [first, last] = [times[0], times.at(-1)];
  const x = (time) => EDGE + (first === last ? 0.5 : (time - first) / (last - first)) * (box.width - 2 * EDGE);
  const y = (recall) => box.height - EDGE - (recall / top) * (box.height - 2 * EDGE);
  const label = `Recall@10 of ${models.length} kept models, ${share(recalls[0])} first and ${share(recalls.at(-1))} last`;
  const levels = [top, top / 2, 0];
  const drawing = draw(
    "svg",
    { ...box, viewBox: `0 0 ${box.width} ${box.height}`, role: "img", "aria-label": label },
    ...levels.map((level) => draw("line", { class: "level", x1: 0, x2: box.width, y1: y(level), y2: y(level) })),
    line("popular", times, popular, x, y),
    line("recall", times, recalls, x, y),
    ...models.map((model, place) => point(model, x(times[place]), y(recalls[place]))),
  );
  const ends = first === last ? [first] : [first, last];
  return make(
    "figure",
    {},
    labels("levels", levels.map((level) => level.toFixed(2))),
    drawing,
    labels("ends", ends.map((time) => days.format(time))),
    make(
      "figcaption",
      { class: "quiet" },
      "Recall@10 of the kept models (line; hollow: rejected), and of the same popular songs for everybody (dashed).",
    ),
  );
}

// Not in the drawing: there, no tool can tell whether a text has enough contrast.
function labels(kind, texts) {
  return make("div", { class: `${kind} quiet`, "aria-hidden": "true" }, ...texts.map((text) => make("span", {}, text)));
}

function niceTop(most) {
  const step = most > 0.5 ? 0.2 : most > 0.1 ? 0.1 : 0.02;
  return Math.max(step, Math.ceil((most * 1.05) / step) * step);
}

function line(kind, times, values, x, y) {
  const points = times.flatMap((time, place) => (values[place] === null ? [] : [`${x(time)},${y(values[place])}`]));
  return draw("polyline", { class: kind, points: points.join(" ") });
}

function point(model, cx, cy) {
  const kind = model.gate.outcome === "rejected" ? "point hollow" : "point";
  const title = `${model.model_id}: ${share(model.evaluation.recall_at_10)}`;
  return draw("circle", { class: kind, cx, cy, r: model.in_use ? 7 : 5 }, draw("title", {}, title));
}
