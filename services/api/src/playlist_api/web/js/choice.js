/** The chosen songs as chips, and questions about those that the model does not know. */

import { describe, unseen } from "./api.js";
import { announce, byId, make } from "./dom.js";
import { questionElement, questionOf } from "./matches.js";
import { artistOf, counted } from "./words.js";

const DEGREES_PER_SONG = 33;

/** Shows the choice, and lets a person take songs out of it. */
export class Chips {
  #list = byId("chips");
  #questions = byId("questions");
  #unknown = new Set();

  constructor(choice) {
    this.choice = choice;
    choice.addEventListener("change", () => this.#render());
    choice.addEventListener("detail", () => this.#render());
    byId("clear").addEventListener("click", () => this.#clear());
    byId("copy-link").addEventListener("click", () => copyLink());
    this.#render();
  }

  /** Takes from an answer which songs the model does not know, or not by one meaning. */
  note({ unknown, ambiguous }) {
    this.#unknown = new Set(unknown.map(({ song }) => song));
    const asked = [
      ...unknown.map(({ song, close_matches: titles }) => [song, questionOf(song, titles.map(unseen))]),
      ...ambiguous.map(({ song, matches }) => [
        song,
        { heading: `“${song}” stands for several songs, and all of them count. Only one?`, songs: matches },
      ]),
    ];
    this.#questions.replaceChildren(...asked.map(([song, question]) => this.#question(song, question)));
    this.#questions.hidden = !asked.length;
    this.#render();
  }

  #question(asked, question) {
    return questionElement(question, async (picked) => {
      const song = picked.artist ? picked : await describe(picked.song).catch(() => picked);
      byId("choice-title").closest("section").querySelector(".chip button")?.focus();
      announce(`${song.title} instead of ${asked}`);
      this.choice.replace(asked, song);
    });
  }

  #render() {
    const position = [...this.#list.children].indexOf(document.activeElement?.closest(".chip"));
    const { songs } = this.choice;
    this.#list.replaceChildren(...songs.map((song) => this.#chip(song)));
    this.#list.hidden = !songs.length;
    byId("choice-empty").hidden = songs.length > 0;
    byId("choice-tools").hidden = !songs.length;
    if (!songs.length) this.#questions.hidden = true;
    byId("disc").style.setProperty("--turn", `${songs.length * DEGREES_PER_SONG}deg`);
    if (position >= 0) this.#focus(position);
  }

  /** Keeps the keyboard at its place when the chip there is gone. */
  #focus(position) {
    const buttons = this.#list.querySelectorAll("button");
    (buttons[Math.min(position, buttons.length - 1)] ?? byId("query")).focus();
  }

  #chip(song) {
    const remove = () => {
      announce(`Removed ${song.title}`);
      this.choice.remove(song.song);
    };
    const byKey = (event) => {
      if (event.key === "Delete" || event.key === "Backspace") remove();
    };
    const isUnknown = this.#unknown.has(song.song);
    const button = { type: "button", "aria-label": `Remove ${song.title}`, click: remove, keydown: byKey };
    const pointed = [song.title, artistOf(song)].filter(Boolean).join(" – ");
    return make(
      "li",
      { class: isUnknown ? "chip unknown" : "chip", title: pointed },
      make("span", { dir: "auto", translate: "no" }, song.title),
      isUnknown ? make("span", { class: "visually-hidden" }, " (unknown)") : "",
      make("button", button, "×"),
    );
  }

  #clear() {
    announce(`Removed ${counted(this.choice.songs.length, "song")}`);
    this.choice.clear();
    byId("query").focus();
  }
}

async function copyLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    announce("Link copied");
    flash("Copied");
  } catch {
    // Browsers give the clipboard to https and localhost alone.
    announce("The link is in the address bar");
    flash("See address bar");
  }
}

function flash(text) {
  const button = byId("copy-link");
  button.textContent = text;
  setTimeout(() => {
    button.textContent = "Copy link";
  }, 2000);
}
