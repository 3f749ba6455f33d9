/** Elements, and how moments and figures are written. Data only ever becomes text or an attribute here, never markup. */

const SVG = "http://www.w3.org/2000/svg";
const moments = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
const distances = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const numbers = new Intl.NumberFormat("en");
const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];

/** Makes an element; children that are null are left out. */
export function make(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** Makes an element of a drawing. */
export function draw(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Makes a table of rows of cells; a cell is a text, a node, or a list of both. */
export function table(heads, rows) {
  const cells = (tag, attributes, row) => make("tr", {}, ...row.map((cell) => make(tag, attributes, ...[cell].flat())));
  return make(
    "table",
    {},
    make("thead", {}, cells("th", { scope: "col" }, heads)),
    make("tbody", {}, ...rows.map((row) => cells("td", {}, row))),
  );
}

/** Shows something in place of what was there, unless it reads the same: what somebody is selecting should stay. */
export function show(id, ...nodes) {
  const place = document.getElementById(id);
  const next = make("div", {}, ...nodes);
  if (next.textContent !== place.textContent) place.replaceChildren(...next.childNodes);
}

export const number = (figure) => (typeof figure === "number" ? numbers.format(figure) : "–");
export const share = (figure) => (typeof figure === "number" ? figure.toFixed(3) : "–");
export const seconds = (figure) => (typeof figure === "number" ? `${figure.toFixed(figure < 10 ? 2 : 0)} s` : "–");

/** Writes bytes as Kubernetes does. */
export const size = (bytes) => (typeof bytes === "number" ? `${Math.round(bytes / 2 ** 20)} Mi` : "–");

/** Writes a moment in the reader's time zone. */
export function moment(text) {
  return text ? make("time", { datetime: text }, moments.format(new Date(text))) : "–";
}

/** Says how long ago a moment was. */
export function ago(text) {
  if (!text) return "never";
  const passed = (Date.now() - new Date(text)) / 1000;
  const [unit, length] = UNITS.find(([, least]) => Math.abs(passed) >= least) ?? ["second", 1];
  return distances.format(-Math.round(passed / length), unit);
}

/** Makes a cell of running text, which may be broken anywhere and needs some width. */
export const text = (...children) => make("span", { class: "text" }, ...children);

/** Shows an outcome so that a bad one is seen, by more than its colour. */
export function outcome(name) {
  const isBad = ["failed", "rejected", "unseen"].includes(name);
  return make("strong", { class: isBad ? "bad" : "plain" }, isBad ? `! ${name}` : (name ?? "–"));
}
