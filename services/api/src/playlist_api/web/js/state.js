/** The chosen songs: the one thing that all parts of the page share. */

/**
 * A song is {song, title, artist, artist_count}; `song` is its name, by which it is asked for.
 * Fires "change" when other songs are chosen, and "detail" when more became known of the same ones.
 */
export class Choice extends EventTarget {
  #songs = [];
  #known = new Map();

  get songs() {
    return [...this.#songs];
  }

  get names() {
    return this.#songs.map(({ song }) => song);
  }

  has(name) {
    return this.#songs.some(({ song }) => song === name);
  }

  /** Gives the title of a song that is or was chosen. */
  titleOf(name) {
    return this.#known.get(name)?.title ?? name;
  }

  /** Gives a song that is or was chosen, or undefined. */
  known(name) {
    return this.#known.get(name);
  }

  add(song) {
    if (!this.has(song.song)) this.#set([...this.#songs, song]);
  }

  remove(name) {
    this.#set(this.#songs.filter(({ song }) => song !== name));
  }

  /** Puts a song in the place of another one. */
  replace(name, by) {
    const others = this.#songs.filter(({ song }) => song !== by.song);
    this.#set(others.map((song) => (song.song === name ? by : song)));
  }

  clear() {
    this.#set([]);
  }

  /** Takes the songs of an address, which therefore needs no new one. */
  restore(songs) {
    this.#set(songs, true);
  }

  /** Notes what became known of a chosen song. */
  describe(song) {
    this.#known.set(song.song, song);
    this.#songs = this.#songs.map((chosen) => (chosen.song === song.song ? song : chosen));
    this.dispatchEvent(new Event("detail"));
  }

  #set(songs, isRestored = false) {
    this.#songs = songs;
    for (const song of songs) this.#known.set(song.song, song);
    this.dispatchEvent(new CustomEvent("change", { detail: { isRestored } }));
  }
}
