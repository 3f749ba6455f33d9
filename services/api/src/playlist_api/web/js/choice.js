/** The chosen songs: the one thing that all parts of the page share. */

const MOST_STEPS_BACK = 100;

/**
 * A song is {song, title, artist, artist_count, …}; `song` is its name, by which it is asked for.
 * Fires "change" {isRestored, isSameSet} when the list is another one, and "detail" when more became known of its songs.
 */
export class Choice extends EventTarget {
  #songs = [];
  #known = new Map();
  #past = [];

  get songs() {
    return [...this.#songs];
  }

  get names() {
    return this.#songs.map(({ song }) => song);
  }

  get canUndo() {
    return this.#past.length > 0;
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

  /** Adds those songs that are not chosen yet, in one step; says how many. */
  add(...songs) {
    const others = new Map(songs.filter(({ song }) => !this.has(song)).map((song) => [song.song, song]));
    if (others.size) this.#step([...this.#songs, ...others.values()]);
    return others.size;
  }

  remove(name) {
    this.#step(this.#songs.filter(({ song }) => song !== name));
  }

  /** Puts a song in the place of another one. */
  replace(name, by) {
    const others = this.#songs.filter(({ song }) => song === name || song !== by.song);
    this.#step(others.map((song) => (song.song === name ? by : song)));
  }

  /** Puts a song at another position, the first being 0. */
  move(name, position) {
    const from = this.names.indexOf(name);
    const to = Math.max(0, Math.min(position, this.#songs.length - 1));
    if (from < 0 || from === to) return;
    const songs = this.songs;
    songs.splice(to, 0, ...songs.splice(from, 1));
    this.#step(songs);
  }

  clear() {
    this.#step([]);
  }

  /** Takes the last step back. */
  undo() {
    const before = this.#past.pop();
    if (before) this.#set(before);
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

  #step(songs) {
    this.#past = [...this.#past, this.#songs].slice(-MOST_STEPS_BACK);
    this.#set(songs);
  }

  #set(songs, isRestored = false) {
    const before = new Set(this.names);
    const isSameSet = songs.length === before.size && songs.every(({ song }) => before.has(song));
    // What became known in between is not forgotten by going back.
    this.#songs = songs.map((song) => (song.artist ? song : (this.#known.get(song.song) ?? song)));
    for (const song of this.#songs) this.#known.set(song.song, song);
    this.dispatchEvent(new CustomEvent("change", { detail: { isRestored, isSameSet } }));
  }
}
