/** The search: a combobox with a list, as in the ARIA Authoring Practices. */

import { search } from "./api.js";
import { announce, byId, make, tell } from "./dom.js";
import { questionElement, resolve } from "./matches.js";
import { counted, nameOf } from "./words.js";

const DEBOUNCE_MS = 120;
const MOST = 8;
const HINT = byId("query-hint").textContent;

/** Lets a person find songs by their title and choose them. */
export class Search {
  #input = byId("query");
  #list = byId("suggestions");
  #matches = byId("matches");
  #clear = byId("query-clear");
  #hint = byId("query-hint");
  #songs = [];
  #active = -1;
  #timer = 0;
  #asking = new AbortController();

  constructor(choice) {
    this.choice = choice;
    this.#input.addEventListener("input", () => this.#onInput());
    this.#input.addEventListener("keydown", (event) => this.#onKey(event));
    this.#input.addEventListener("blur", () => this.#close());
    this.#clear.addEventListener("click", () => this.#reset());
    // Else the input would lose the focus, and the list be gone before the click reaches it.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#choose(this.#songs[[...this.#list.children].indexOf(option)]);
    });
  }

  #onInput() {
    this.#clear.hidden = !this.#input.value;
    this.#dismiss();
    this.#takeBack();
    this.#setActive(-1); // what was pointed at belongs to another text: Enter must not choose it
    if (this.#input.value.trim()) this.#timer = setTimeout(() => this.#suggest(), DEBOUNCE_MS);
    else this.#close();
  }

  #onKey(event) {
    if (event.isComposing) return;
    const act = { ArrowDown: () => this.#move(1), ArrowUp: () => this.#move(-1), Enter: () => this.#enter() }[event.key];
    if (act) {
      event.preventDefault();
      act();
    } else if (event.key === "Escape") {
      if (this.#isOpen) this.#close();
      else this.#reset();
    }
  }

  get #isOpen() {
    return !this.#list.hidden;
  }

  /** Takes back what is on its way: a stale answer must not come after a new one. */
  #takeBack() {
    clearTimeout(this.#timer);
    this.#asking.abort();
    this.#asking = new AbortController();
    return this.#asking.signal;
  }

  async #suggest() {
    const signal = this.#takeBack();
    const text = this.#input.value.trim();
    try {
      this.#show(await search(text, MOST, signal), text);
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  #show(songs, text) {
    this.#songs = songs;
    this.#setActive(-1);
    this.#list.replaceChildren(...songs.map((song, position) => this.#option(song, position)));
    this.#setOpen(songs.length > 0);
    const none = text ? `No title holds “${text}”. Enter looks for close ones.` : "There are no songs.";
    tell(this.#hint, songs.length ? HINT : none);
    announce(songs.length ? `${counted(songs.length, "song")} found` : none);
  }

  #option(song, position) {
    const count = this.choice.has(song.song) ? "✓ chosen" : counted(song.support_count, "playlist");
    const option = { id: `suggestion-${position}`, role: "option", "aria-selected": "false" };
    return make("li", option, make("span", {}, ...nameOf(song)), make("span", { class: "count" }, count));
  }

  #move(step) {
    if (!this.#isOpen) {
      this.#suggest(); // with nothing typed: the most popular songs
      return;
    }
    const count = this.#songs.length;
    const start = step > 0 ? -1 : count;
    this.#setActive(((this.#active < 0 ? start : this.#active) + step + count) % count);
  }

  #setActive(position) {
    this.#list.children[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = position;
    const option = this.#list.children[position];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.#input.setAttribute("aria-activedescendant", option.id);
    else this.#input.removeAttribute("aria-activedescendant");
  }

  #setOpen(isOpen) {
    this.#list.hidden = !isOpen;
    this.#input.setAttribute("aria-expanded", String(isOpen));
  }

  #close() {
    this.#takeBack();
    this.#setActive(-1);
    this.#setOpen(false);
  }

  async #enter() {
    const text = this.#input.value.trim();
    if (this.#isOpen && this.#active >= 0) {
      this.#choose(this.#songs[this.#active]);
    } else if (text) {
      this.#close();
      const signal = this.#takeBack();
      try {
        const { song, ...question } = await resolve(text, signal);
        if (song) this.#choose(song);
        else this.#ask(question);
      } catch (error) {
        if (!signal.aborted) this.#fail(error);
      }
    }
  }

  #ask(question) {
    const pick = (song) => this.#choose(song);
    this.#matches.replaceChildren(questionElement(question, pick, () => this.#reset()));
    this.#matches.hidden = false;
    announce(`${question.heading} ${question.songs.map(({ title }) => title).join(", ")}`);
  }

  #choose(song) {
    announce(this.choice.has(song.song) ? `${song.title} is chosen already` : `Added ${song.title}`);
    this.#reset();
    this.choice.add(song);
  }

  #fail(error) {
    this.#close();
    tell(this.#hint, error.message);
    announce(error.message);
  }

  #dismiss() {
    this.#matches.hidden = true;
    this.#matches.replaceChildren();
  }

  /** Begins anew, with the keyboard in the field. */
  #reset() {
    this.#input.value = "";
    this.#onInput();
    tell(this.#hint, HINT);
    this.#input.focus();
  }
}
