/** The rules around the choice as columns of songs and the links between them; a walk adds columns. */

import { related } from "./api.js";

const MOST_IN_COLUMN = 8;

/**
 * Columns are lists of songs; between two of them stand links {from, to, share, together, all}, from and to being names.
 * Fires "change" {column} with the column that is new.
 */
export class RuleGraph extends EventTarget {
  #columns = [];
  #links = [];
  #path = [];
  #asking = new AbortController();

  get columns() {
    return this.#columns;
  }

  /** Links by the column that they begin in. */
  get links() {
    return this.#links;
  }

  /** The song that is walked through in each column, by its name. */
  get path() {
    return this.#path;
  }

  /**
   * Begins with an answer.
   * @param {Array} songs that were asked with
   * @param {Array} recommendations
   */
  begin(songs, recommendations) {
    this.#asking.abort();
    const shown = recommendations.filter(({ source }) => source === "rule").slice(0, MOST_IN_COLUMN);
    const links = shown.flatMap((song) =>
      song.because.flatMap((reason) => reason.songs.map((from) => linkOf(from, song.song, reason.together_count, reason.song_count))),
    );
    const leading = songs.filter(({ song }) => links.some(({ from }) => from === song));
    const strongest = [...leading].sort((one, other) => weightOf(other, links) - weightOf(one, links)).slice(0, MOST_IN_COLUMN);
    const first = leading.filter((song) => strongest.includes(song)); // in the order of the choice
    this.#columns = first.length ? [first, shown] : [];
    this.#links = [links.filter(({ from }) => first.some(({ song }) => song === from))];
    this.#path = [];
    this.#changed(0);
  }

  /** Walks on to what follows from a song; fails with an ApiError. */
  async walk(column, song) {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    this.#path = this.#path.slice(0, column);
    this.#path[column] = song.song;
    if (column === 0) {
      this.#columns = this.#columns.slice(0, 2);
      this.#links = this.#links.slice(0, 1);
      this.#changed(0);
      return;
    }
    const following = await related(song.song, MOST_IN_COLUMN, signal);
    if (signal.aborted) return;
    this.#columns = [...this.#columns.slice(0, column + 1), following];
    this.#links = [
      ...this.#links.slice(0, column),
      following.map((next) => linkOf(song.song, next.song, next.together_count, Math.round(next.together_count / next.confidence))),
    ];
    this.#changed(column + 1);
  }

  #changed(column) {
    this.dispatchEvent(new CustomEvent("change", { detail: { column } }));
  }
}

const linkOf = (from, to, together, all) => ({ from, to, together, all, share: together / all });

const weightOf = ({ song }, links) => links.filter(({ from }) => from === song).reduce((sum, { share }) => sum + share, 0);

/** Gives a song as the choice keeps it, without what belongs to the way that led to it. */
export function withoutLink({ song, title, artist, artist_count, support_count, track_uri }) {
  return { song, title, artist, artist_count, support_count, ...(track_uri ? { track_uri } : {}) };
}
