/** Elements. Data only ever becomes text or an attribute here, never markup. */

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/**
 * Makes an element.
 * @param {string} tag
 * @param {Object<string, *>} attributes functions listen to the event they are named for; false, null: left out
 * @param {...(Node|string)} children
 */
export function make(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** Makes an element of a drawing. */
export function draw(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** Makes a button of a form's kind that submits nothing. */
export function button(label, click, attributes = {}) {
  return make("button", { class: "button", type: "button", ...attributes, click }, label);
}

/** Shows a text in an element, or hides the element where there is none. */
export function tell(element, text) {
  element.textContent = text;
  element.hidden = !text;
}

/** Has a screen reader say a text; the same text twice is said twice. */
export function announce(text) {
  const announcer = byId("announcer");
  announcer.textContent = announcer.textContent === text ? `${text}\u00a0` : text;
}

/** Tells whether somebody asked for no motion. */
export const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children);
  return element;
}
