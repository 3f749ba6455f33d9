/** Matched letters, marked. */

import { make } from "./dom.js";
import { matchedParts, wordsOf } from "./folding.js";

/** Gives a function that turns a text into its parts, those that a query's words match marked. */
export function markerOf(query) {
  const words = wordsOf(query);
  return (text) => {
    const nodes = [];
    let end = 0;
    for (const [from, to] of matchedParts(text, words)) {
      nodes.push(text.slice(end, from), make("mark", {}, text.slice(from, to)));
      end = to;
    }
    return [...nodes, text.slice(end)].filter((node) => node !== "");
  };
}
