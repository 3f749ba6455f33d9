/** How songs, counts and reasons are put into words. */

import { make } from "./dom.js";

const wholeNumbers = new Intl.NumberFormat("en");
const moments = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const distances = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const LONGEST_IN_SENTENCE = 60;
const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60]];

export const number = (count) => wholeNumbers.format(count);
export const counted = (count, noun) => `${number(count)} ${noun}${count === 1 ? "" : "s"}`;

/** Gives the artist, and how many others share the title: equal titles are one song to the model. */
export function artistOf(song) {
  if (!song.artist) return "";
  const others = song.artist_count - 1;
  return others > 0 ? `${song.artist} and ${counted(others, "other")}` : song.artist;
}

/** Gives the title and, where one is known, the artist, each in the direction it is written in. */
export function nameOf(song) {
  const parts = [make("span", { class: "title", dir: "auto", translate: "no" }, song.title)];
  const artist = artistOf(song);
  if (artist) parts.push(" ", make("span", { class: "artist", dir: "auto", translate: "no" }, artist));
  return parts;
}

/**
 * Says why a song is recommended, strongest reason first.
 * @param {{source: string, support_count: number, because: Array}} recommendation
 * @param {function(string): string} titleOf of a song that was asked with
 * @returns {Array<Node|string>}
 */
export function reasonOf(recommendation, titleOf) {
  const { because } = recommendation;
  if (recommendation.source !== "rule") return [`in ${counted(recommendation.support_count, "playlist")}`];
  const said = because.slice(0, 2).flatMap((reason, position) => [
    position ? ", and " : "",
    `${shareOf(reason, position === 0)} `,
    make("cite", { dir: "auto", translate: "no", "data-song": reason.song }, shortened(titleOf(reason.song))),
  ]);
  const more = because.length - 2;
  return more > 0 ? [...said, `, and ${counted(more, "more reason")}`] : said;
}

/** Gives a title short enough to stand in a sentence. */
export function shortened(title) {
  const characters = [...title];
  return characters.length > LONGEST_IN_SENTENCE ? `${characters.slice(0, LONGEST_IN_SENTENCE - 1).join("")}…` : title;
}

function shareOf({ together_count: together, song_count: all }, isFirst) {
  const noun = isFirst ? " playlists" : "";
  if (all === 1) return `in the only${isFirst ? " playlist" : " one"} that holds`;
  if (together === all) return `in all ${number(all)}${noun} that hold`;
  return `in ${number(together)} of the ${number(all)}${noun} that hold`;
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
