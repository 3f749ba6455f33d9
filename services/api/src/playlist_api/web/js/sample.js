/** A random sample of songs to tick. */

import { randomSongs } from "./api.js";
import { announce, byId, make, tell } from "./dom.js";
import { counted, nameOf } from "./format.js";

const COUNT = 8;

/** Shows the sample and keeps its ticks and the choice the same. */
export class Sample {
  #list = byId("sample");
  #problem = byId("sample-problem");
  #asking = new AbortController();
  #hasFailed = false;

  constructor(choice) {
    this.choice = choice;
    choice.addEventListener("change", () => this.#tick());
    byId("another").addEventListener("click", async () => {
      if (await this.draw()) announce(`${counted(this.#list.children.length, "other song")} to tick`);
    });
  }

  /** Draws other songs; says whether it did. */
  async draw() {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    try {
      const songs = await randomSongs(COUNT, signal);
      this.#list.replaceChildren(...songs.map((song) => this.#row(song)));
      this.#tick();
      this.#settle("");
      return true;
    } catch (error) {
      if (!signal.aborted) this.#settle(error.message);
      return false;
    }
  }

  /** Draws if the last time failed. */
  retry() {
    if (this.#hasFailed) this.draw();
  }

  #settle(problem) {
    this.#hasFailed = Boolean(problem);
    tell(this.#problem, problem && `No random songs: ${problem}`);
  }

  #row(song) {
    const onChange = (event) => (event.target.checked ? this.choice.add(song) : this.choice.remove(song.song));
    const box = make("input", { type: "checkbox", change: onChange });
    box.value = song.song;
    return make("li", {}, make("label", {}, box, make("span", {}, ...nameOf(song))));
  }

  #tick() {
    for (const box of this.#list.querySelectorAll("input")) box.checked = this.choice.has(box.value);
  }
}
