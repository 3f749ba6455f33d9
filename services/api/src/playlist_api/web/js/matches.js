/** Questions back: which song was meant. */

import { describe, recommend, search } from "./api.js";
import { make } from "./dom.js";
import { nameOf } from "./words.js";

const CLOSE_MATCHES = 6;

/**
 * Finds out what a typed title stands for.
 * @returns {Promise<{song: Object} | {heading: string, songs: Array}>} the song, or a question with possible answers
 */
export async function resolve(text, signal) {
  const { unknown, ambiguous } = await recommend([text], { limit: 1, signal });
  if (ambiguous.length) return { heading: `“${text}” stands for several songs. Which one?`, songs: ambiguous[0].matches };
  if (!unknown.length) return { song: await describe(text, signal) };
  return questionOf(text, await closeTo(text, unknown[0].close_matches, signal));
}

/** Asks about an unknown song. */
export function questionOf(text, songs) {
  const question = songs.length ? " Did you mean:" : " Nothing in it reads like that, either.";
  return { heading: `“${text}” is not in this catalogue.${question}`, songs };
}

/** Gives songs that somebody may have meant: first those that read alike, then those that hold the text. */
async function closeTo(text, titles, signal) {
  const alike = await Promise.all(titles.map((title) => describe(title, signal)));
  const holding = await search(text, CLOSE_MATCHES, signal);
  const songs = new Map([...alike, ...holding].map((song) => [song.song, song]));
  return [...songs.values()].slice(0, CLOSE_MATCHES);
}

/**
 * Shows a question with a button for each answer.
 * @param {{heading: string, songs: Array}} question
 * @param {function(Object): void} onPick
 * @param {function(): void} [onClose] adds a button that closes the question
 */
export function questionElement({ heading, songs }, onPick, onClose) {
  const answers = songs.map((song) =>
    make("button", { class: "button", type: "button", click: () => onPick(song) }, ...nameOf(song)),
  );
  const text = make("p", {}, heading);
  const head = make("div", { class: "question-head" }, text);
  if (onClose) head.append(make("button", { class: "button", type: "button", click: onClose }, "Close"));
  const group = make("div", { role: "group", "aria-label": heading }, head);
  if (answers.length) group.append(make("div", { class: "answers" }, ...answers));
  return group;
}
