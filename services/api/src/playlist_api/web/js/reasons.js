/** Why a song is recommended: shortly as chips, at length as sentences. */

import { make } from "./dom.js";
import { counted, number, percent, shortened, times } from "./format.js";

const MOST_CHIPS = 2;
const LONGEST_ON_CHIP = 36;

/**
 * Gives chips, strongest reason first.
 * @param {{source: string, support_count: number, because: Array}} song recommended
 * @param {function(string): string} titleOf of a song that was asked with
 */
export function chipsOf(song, titleOf) {
  if (song.source !== "rule") return [chip(["Popular: in ", counted(song.support_count, "playlist")], "popular")];
  const shown = song.because.slice(0, MOST_CHIPS).map((reason) => {
    const share = make("strong", {}, percent(reason.together_count / reason.song_count));
    return chip([share, " of playlists with ", cite(reason, titleOf, LONGEST_ON_CHIP)]);
  });
  const more = song.because.length - MOST_CHIPS;
  return more > 0 ? [...shown, chip([`+ ${counted(more, "reason")}`], "more")] : shown;
}

/**
 * Gives a paragraph for each reason, and one for how frequent the song is altogether.
 * @param {?number} playlists all that were learned from, if known
 */
export function sentencesOf(song, titleOf, playlists) {
  const reasons = song.because.map((reason) => sentence(reason, titleOf, song, playlists));
  const share = playlists ? ` (${percent(song.support_count / playlists)} of all)` : "";
  return [...reasons, make("p", {}, `In ${counted(song.support_count, "playlist")}${share} altogether.`)];
}

/** Writes titles anew that became known since. */
export function retitle(within, titleOf) {
  for (const element of within.querySelectorAll("cite")) {
    element.textContent = shortened(titleOf(element.dataset.song), Number(element.dataset.longest));
  }
}

function sentence(reason, titleOf, song, playlists) {
  const { together_count: together, song_count: all } = reason;
  const share = together / all;
  const bar = make("span", { class: "bar", "aria-hidden": "true" });
  bar.style.setProperty("--share", percent(share).replace("\u00a0", "").replace("under ", ""));
  const lift = playlists ? share / (song.support_count / playlists) : 0;
  const often = lift >= 1.05 ? `: ${times(lift)} as often as in all playlists` : "";
  const counts = all === 1 ? "In the only playlist with " : `In ${number(together)} of the ${number(all)} playlists with `;
  return make("p", {}, bar, counts, cite(reason, titleOf, 200), ` (${percent(share)})${often}.`);
}

function cite({ song }, titleOf, longest) {
  const known = { dir: "auto", translate: "no", "data-song": song, "data-longest": longest };
  return make("cite", known, shortened(titleOf(song), longest));
}

const chip = (children, kind = "rule") => make("li", { class: `chip ${kind}` }, ...children);
