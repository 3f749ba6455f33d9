/** The search: a combobox whose list points at its first song, as in the ARIA Authoring Practices. */

import { search } from "./api.js";
import { announce, byId, make, tell } from "./dom.js";
import { counted, nameOf } from "./format.js";
import { markerOf } from "./marks.js";

const DEBOUNCE_MS = 120;
const MOST = 8;

/** Lets a person find songs and choose them; "lines" {text} is fired when somebody pastes several of them. */
export class Search extends EventTarget {
  #input = byId("query");
  #list = byId("suggestions");
  #clear = byId("query-clear");
  #hint = byId("query-hint");
  #songs = [];
  #active = -1;
  #timer = 0;
  #asking = new AbortController();
  #isAwaited = false;
  #instead = "";

  constructor(choice) {
    super();
    this.choice = choice;
    this.#input.addEventListener("input", () => this.#onInput());
    this.#input.addEventListener("keydown", (event) => this.#onKey(event));
    this.#input.addEventListener("blur", () => {
      this.#instead = ""; // who comes back later looks for another song
      this.#close();
    });
    this.#input.addEventListener("paste", (event) => this.#onPaste(event));
    this.#clear.addEventListener("click", () => this.#reset());
    // Else the input would lose the focus, and the list be gone before the click reaches it.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#choose(this.#songs[this.#options.indexOf(option)]);
    });
    document.addEventListener("keydown", (event) => this.#onSlash(event));
  }

  /** Looks for what an unknown song may be; what is chosen next takes its place. */
  lookFor(text) {
    this.#input.value = text;
    this.#input.focus();
    this.#input.select();
    this.#onInput();
    this.#instead = text;
  }

  get #options() {
    return [...this.#list.querySelectorAll("[role=option]")];
  }

  get #isOpen() {
    return !this.#list.hidden;
  }

  #onInput() {
    this.#clear.hidden = !this.#input.value;
    this.#isAwaited = false;
    tell(this.#hint, "");
    this.#takeBack();
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

  #onSlash(event) {
    const isElsewhere = !event.target.closest?.("input, textarea, select, dialog, [contenteditable]");
    if (event.key !== "/" || !isElsewhere || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#input.focus();
  }

  #onPaste(event) {
    const text = event.clipboardData.getData("text");
    if (!/\S[^\S\n]*\r?\n\s*\S/.test(text)) return;
    event.preventDefault();
    this.dispatchEvent(new CustomEvent("lines", { detail: { text } }));
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
      const found = await search(text, MOST, signal);
      if (!signal.aborted) this.#show(found, text);
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  #show({ songs, close_matches: close }, text) {
    this.#songs = songs.length ? songs : close;
    this.#list.dataset.text = text;
    const options = this.#songs.map((song, position) => this.#option(song, position, text));
    this.#list.replaceChildren(...(songs.length ? options : [alike(options)]));
    this.#setOpen(this.#songs.length > 0);
    this.#setActive(this.#songs.length ? 0 : -1);
    const none = text ? `No title or artist reads like “${text}”.` : "There are no songs.";
    tell(this.#hint, this.#songs.length ? "" : none);
    const count = counted(this.#songs.length, "song");
    announce(songs.length ? `${count} found` : close.length ? `Did you mean one of ${count}?` : none);
    if (this.#isAwaited && this.#songs.length) this.#choose(this.#songs[0]);
    this.#isAwaited = false;
  }

  #option(song, position, text) {
    const isChosen = this.choice.has(song.song);
    const count = isChosen ? "✓ in your playlist" : `in ${counted(song.support_count, "playlist")}`;
    const option = { id: `suggestion-${position}`, class: "option", role: "option", "aria-selected": "false" };
    const name = make("span", { class: "option-name" }, ...nameOf(song, markerOf(text)));
    return make("div", option, name, make("span", { class: "count" }, count));
  }

  #move(step) {
    if (!this.#isOpen) {
      this.#suggest(); // with nothing typed: the most popular songs
      return;
    }
    const count = this.#songs.length;
    this.#setActive((this.#active + step + count) % count);
  }

  #setActive(position) {
    const options = this.#options;
    options[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = position;
    const option = options[position];
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

  /** Takes the song that is pointed at; while the answer to what was typed is on its way, its first song. */
  #enter() {
    const text = this.#input.value.trim();
    if (!text && !this.#isOpen) return;
    if (this.#isOpen && this.#isCurrent(text)) this.#choose(this.#songs[this.#active]);
    else {
      this.#suggest();
      this.#isAwaited = true;
    }
  }

  /** Tells whether the list belongs to what stands in the field: the list stays while somebody types on. */
  #isCurrent(text) {
    return this.#list.dataset.text === text;
  }

  #choose(song) {
    const instead = this.#instead;
    const isByTouch = matchMedia("(pointer: coarse)").matches;
    announce(this.choice.has(song.song) ? `${song.title} is in your playlist already` : `Added ${song.title}`);
    this.#reset();
    if (isByTouch) this.#input.blur(); // else the keys on the screen would hide what the song brings
    if (instead && this.choice.has(instead)) this.choice.replace(instead, song);
    else this.choice.add(song);
  }

  #fail(error) {
    this.#close();
    tell(this.#hint, error.message);
    announce(error.message);
  }

  /** Begins anew, with the keyboard in the field. */
  #reset() {
    this.#instead = "";
    this.#input.value = "";
    this.#onInput();
    this.#input.focus();
  }
}

function alike(options) {
  const title = make("div", { class: "options-title", "aria-hidden": "true" }, "Did you mean");
  return make("div", { role: "group", "aria-label": "Did you mean" }, title, ...options);
}
