/** One recommendation: who it is, why, and what can be done with it. */

import { button, make } from "./dom.js";
import { nameOf } from "./format.js";
import { listenLinks } from "./listen.js";
import { chipsOf, sentencesOf } from "./reasons.js";

/**
 * Makes the element of a recommendation, or brings the one there was up to date: open details stay open.
 * @param {Object} song recommended
 * @param {number} position from 0
 * @param {?HTMLElement} before the song's element so far
 * @param {{titleOf: Function, playlists: ?number, has: Function, toggle: Function, showLike: Function}} around
 */
export function resultRow(song, position, before, around) {
  const row = before ?? make("li", { class: "track" });
  const isOpen = row.classList.contains("is-open");
  const act = before?.contains(document.activeElement) ? document.activeElement.dataset.act : null;
  row.dataset.source = song.source;
  const details = make("div", { class: "details", id: `details-${position}`, hidden: !isOpen });
  details.append(...sentencesOf(song, around.titleOf, around.playlists));
  if (song.track_uri) details.append(make("p", { class: "uri", translate: "no" }, song.track_uri));
  row.replaceChildren(
    make("span", { class: "place", "aria-hidden": "true" }, `${position + 1}.`),
    make("div", { class: "track-name" }, ...nameOf(song)),
    make("ul", { class: "chips" }, ...chipsOf(song, around.titleOf)),
    ways(song, around),
    buttons(song, row, details, around),
    details,
  );
  showChosen(row, around.has(song.song), song.title);
  row.onclick = (event) => {
    // A click that ends a selection of text is none on the row.
    if (event.target.closest("a, button, .details") || !getSelection().isCollapsed) return;
    toggleDetails(row);
  };
  if (act) row.querySelector(`[data-act="${act}"]`)?.focus({ preventScroll: true });
  return row;
}

/** Shows whether the song of a row is chosen. */
export function showChosen(row, isChosen, title) {
  const add = row.querySelector("[data-act=add]");
  row.classList.toggle("is-added", isChosen);
  add.textContent = isChosen ? "✓" : "+";
  add.setAttribute("aria-label", isChosen ? `Remove ${title}` : `Add ${title}`);
}

function ways(song, { showLike }) {
  const like = { class: "text-button", "data-act": "like", "aria-label": `More like this: ${song.title}` };
  return make(
    "div",
    { class: "ways" },
    make("span", { class: "listen-on" }, "Listen: ", ...listenLinks(song)),
    button("More like this", () => showLike(song), like),
  );
}

function buttons(song, row, details, { toggle }) {
  const more = button("", () => toggleDetails(row), {
    class: "icon-button disclose",
    "data-act": "details",
    "aria-expanded": String(!details.hidden),
    "aria-controls": details.id,
    "aria-label": `Details of ${song.title}`,
    title: "Details",
  });
  const add = button("+", () => toggle(song), { class: "icon-button add", "data-act": "add" });
  return make("div", { class: "track-buttons" }, more, add);
}

function toggleDetails(row) {
  const details = row.querySelector(".details");
  details.hidden = !details.hidden;
  row.classList.toggle("is-open", !details.hidden);
  row.querySelector("[data-act=details]").setAttribute("aria-expanded", String(!details.hidden));
}
