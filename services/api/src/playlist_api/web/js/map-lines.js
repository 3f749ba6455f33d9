/** The lines of the map, as thick as the share of playlists that they stand for. */

import { draw } from "./dom.js";

const THICKEST = 9; // px: of a line that stands for all playlists

/**
 * Draws the links between two columns.
 * @param {Array<{from: string, to: string, share: number}>} links
 * @param {function(string): ?HTMLElement} startOf gives the element that a link begins at, by its song
 * @param {function(string): ?HTMLElement} endOf gives the one that it ends at
 * @param {HTMLElement} frame that the drawing fills
 * @param {string|undefined} walked the song whose links are meant; the others are dimmed
 */
export function linesBetween(links, startOf, endOf, frame, walked) {
  const origin = frame.getBoundingClientRect();
  return links.flatMap((link) => {
    const [start, end] = [startOf(link.from), endOf(link.to)];
    if (!start || !end) return [];
    const isDim = walked && walked !== link.from;
    const width = Math.max(1, link.share * THICKEST).toFixed(1);
    const path = curve(start.getBoundingClientRect(), end.getBoundingClientRect(), origin);
    return [draw("path", { d: path, class: isDim ? "rule-line dim" : "rule-line", "stroke-width": width })];
  });
}

function curve(start, end, origin) {
  const [left, right] = [start.right - origin.left, end.left - origin.left];
  const [top, bottom] = [start, end].map(({ y, height }) => y + height / 2 - origin.top);
  const middle = (left + right) / 2;
  return `M${left} ${top}C${middle} ${top} ${middle} ${bottom} ${right} ${bottom}`;
}
