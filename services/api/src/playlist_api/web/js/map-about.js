/** What is known of a song of the map, and what can be done with it. */

import { button, make } from "./dom.js";
import { nameOf, percent, shortened } from "./format.js";
import { listenLinks } from "./listen.js";

const MOST_REASONS = 3;

/**
 * Gives the parts of it.
 * @param {Object} song
 * @param {Array<{share: number, title: string}>} reasons that lead to it, strongest first
 * @param {{toggle: Function, showLike: Function}} acts
 */
export function aboutSong(song, reasons, { toggle, showLike }) {
  const chips = reasons.slice(0, MOST_REASONS).map(({ share, title }) =>
    make("li", { class: "chip rule" }, make("strong", {}, percent(share)), ` of playlists with ${shortened(title, 36)}`),
  );
  const ways = make(
    "div",
    { class: "ways" },
    button("", toggle, { class: "button about-add" }),
    make("span", { class: "listen-on" }, "Listen: ", ...listenLinks(song)),
    button("More like this", showLike, { class: "text-button" }),
  );
  return [make("div", { class: "about-name" }, ...nameOf(song)), make("ul", { class: "chips" }, ...chips), ways];
}
