/** How songs, counts and reasons are put into words. */

import { make } from "./dom.js";

const wholeNumbers = new Intl.NumberFormat("en");
const factors = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });
const moments = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const distances = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const LONGEST_IN_SENTENCE = 60;
const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60]];

export const number = (count) => wholeNumbers.format(count);
export const counted = (count, noun) => `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
export const times = (factor) => `${factors.format(factor)} times`;

/** Gives a share, 0..1, in whole percent. */
export function percent(share) {
  const rounded = Math.round(share * 100);
  return rounded || !share ? `${rounded}\u00a0%` : "under 1\u00a0%";
}

/** Gives the artist, and how many others share the title: equal titles are one song to the model. */
export function artistOf(song) {
  if (!song.artist) return "";
  const others = song.artist_count - 1;
  return others > 0 ? `${song.artist} and ${counted(others, "other")}` : song.artist;
}

/** Gives title and artist as one text. */
export const labelOf = (song) => [song.title, artistOf(song)].filter(Boolean).join(" – ");

/**
 * Gives the title and, where one is known, the artist, each in the direction it is written in.
 * @param {Object} song
 * @param {function(string): Array<Node|string>} [show] turns a text into what is shown of it
 */
export function nameOf(song, show = (text) => [text]) {
  const parts = [make("span", { class: "title", dir: "auto", translate: "no" }, ...show(song.title))];
  const artist = artistOf(song);
  if (artist) parts.push(" ", make("span", { class: "artist", dir: "auto", translate: "no" }, ...show(artist)));
  return parts;
}

/** Gives a title short enough to stand in a sentence. */
export function shortened(title, longest = LONGEST_IN_SENTENCE) {
  const characters = [...title];
  return characters.length > longest ? `${characters.slice(0, longest - 1).join("")}…` : title;
}

/** Gives a moment in the reader's own time zone. */
export const momentOf = (date) => moments.format(date);

/** Says how long ago a moment was, such as "4 minutes ago". */
export function agoOf(date, now = new Date()) {
  const seconds = (now - date) / 1000;
  const [unit, length] = UNITS.find(([, least]) => Math.abs(seconds) >= least) ?? [null, 1];
  return unit ? distances.format(-Math.round(seconds / length), unit) : "just now";
}

/** Names a dataset shortly; the whole address stays for those who point at it. */
export function datasetOf(url) {
  if (url === "builtin:sample") return "built-in sample";
  return url.replace(/\/+$/, "").split("/").pop() || url;
}
