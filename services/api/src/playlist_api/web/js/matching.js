/** Which songs of the catalogue a playlist's lines mean. */

import { match } from "./api.js";
import { folded } from "./folding.js";

/**
 * Finds the songs of lines.
 * @param {Array<{text: string, readings: Array}>} lines
 * @returns {Promise<Array<{text: string, songs: Array}>>} the songs that each may mean: none where it is unknown
 */
export async function matchLines(lines, signal) {
  const readings = lines.flatMap((line) => line.readings);
  const found = await match(readings, signal);
  let start = 0;
  return lines.map(({ text, readings: own }) => {
    const matches = found.slice(start, start + own.length);
    start += own.length;
    return { text, songs: best(own, matches) };
  });
}

/** The likeliest reading counts, but rather one whose artist is the song's as well. */
function best(readings, matches) {
  const isByArtist = ({ artist }, songs) => artist && songs.length && folded(songs[0].artist) === folded(artist);
  const certain = readings.findIndex((reading, at) => isByArtist(reading, matches[at]));
  return matches[certain >= 0 ? certain : matches.findIndex((songs) => songs.length)] ?? [];
}
