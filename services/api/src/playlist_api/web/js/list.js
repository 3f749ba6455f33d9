/** Lists that change without jumps: what stays keeps its element, what moves is seen to move. */

import { isCalm } from "./dom.js";

const MOVE = { duration: 200, easing: "cubic-bezier(0.2, 0, 0, 1)" };

/**
 * Makes a list show items.
 * @param {HTMLElement} list its children have their item's key in data-key
 * @param {Array} items
 * @param {function(*): string} keyOf
 * @param {function(*, number, ?HTMLElement): HTMLElement} render gives the element, the one there was if there was one
 */
export function updateList(list, items, keyOf, render) {
  const before = new Map([...list.children].map((element) => [element.dataset.key, element]));
  const tops = new Map([...before.values()].map((element) => [element, element.offsetTop]));
  const elements = items.map((item, position) => {
    const element = render(item, position, before.get(keyOf(item)) ?? null);
    element.dataset.key = keyOf(item);
    return element;
  });
  const isSame = elements.length === list.children.length && elements.every((one, at) => one === list.children[at]);
  if (isSame) return;
  const focused = document.activeElement;
  list.replaceChildren(...elements);
  if (list.contains(focused)) focused.focus({ preventScroll: true }); // what is taken out and put back loses it
  if (!isCalm() && before.size) for (const element of elements) settle(element, tops.get(element));
}

function settle(element, top) {
  if (top === undefined) element.animate([{ opacity: 0 }, { opacity: 1 }], MOVE);
  else if (top !== element.offsetTop) {
    element.animate([{ transform: `translateY(${top - element.offsetTop}px)` }, { transform: "none" }], MOVE);
  }
}
