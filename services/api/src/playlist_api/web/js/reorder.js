/** Putting songs into another order: by dragging a handle with mouse, pen or finger, or by its arrow keys. */

import { announce } from "./dom.js";

/** Makes the handles of a list work; its children have their song's name in data-key. */
export function mountReorder(list, choice) {
  list.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const row = event.target.closest(".handle")?.closest("[data-key]");
    if (!step || !row) return;
    event.preventDefault();
    const name = row.dataset.key;
    choice.move(name, choice.names.indexOf(name) + step);
    announce(`${choice.titleOf(name)}: position ${choice.names.indexOf(name) + 1} of ${choice.names.length}`);
  });
  list.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest(".handle");
    if (handle && event.button === 0) drag(handle, event, list, choice);
  });
}

/** The dragged row stays where it is in the document, and the others pass it: an element that is moved loses its pointer. */
function drag(handle, { pointerId }, list, choice) {
  const row = handle.closest("[data-key]");
  const listening = new AbortController();
  const { signal } = listening;
  handle.setPointerCapture(pointerId);
  row.classList.add("is-dragged");

  const follow = ({ clientY }) => {
    const above = row.previousElementSibling;
    const below = row.nextElementSibling;
    if (above && clientY < middleOf(above)) row.after(above);
    else if (below && clientY > middleOf(below)) row.before(below);
  };
  const end = (isMeant) => {
    listening.abort();
    row.classList.remove("is-dragged");
    const name = row.dataset.key;
    const position = [...list.children].indexOf(row);
    if (!isMeant) choice.dispatchEvent(new Event("detail")); // shows the order that there was
    else if (position !== choice.names.indexOf(name)) {
      choice.move(name, position);
      announce(`${choice.titleOf(name)}: position ${position + 1} of ${choice.names.length}`);
    }
  };
  handle.addEventListener("pointermove", follow, { signal });
  handle.addEventListener("pointerup", () => end(true), { signal });
  handle.addEventListener("pointercancel", () => end(false), { signal });
  addEventListener("keydown", ({ key }) => key === "Escape" && end(false), { signal });
}

function middleOf(element) {
  const { top, height } = element.getBoundingClientRect();
  return top + height / 2;
}
