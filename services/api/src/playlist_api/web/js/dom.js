/** Elements. Data only ever becomes text or an attribute here, never markup. */

export const byId = (id) => document.getElementById(id);

/**
 * Makes an element.
 * @param {string} tag
 * @param {Object<string, *>} attributes functions listen to the event they are named for; false, null: left out
 * @param {...(Node|string)} children
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== false && value !== null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
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
