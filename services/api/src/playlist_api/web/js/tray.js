/** The chosen songs in a tray that stays in view, with what is to be asked about those that the model does not know. */

import { match, unseen } from "./api.js";
import { copyText } from "./exports.js";
import { announce, button, byId, make, tell } from "./dom.js";
import { artistOf, counted, nameOf } from "./format.js";
import { updateList } from "./list.js";
import { notify, withdraw } from "./notices.js";
import { mountReorder } from "./reorder.js";

/** Shows the choice, and lets a person change it; "look" {text} is fired when another song is to be looked for. */
export class Tray extends EventTarget {
  #tray = byId("tray");
  #list = byId("tray-list");
  #questions = new Map();
  #unknown = new Set();

  constructor(choice) {
    super();
    this.choice = choice;
    choice.addEventListener("change", () => this.#render());
    choice.addEventListener("detail", () => this.#render());
    byId("clear").addEventListener("click", () => this.#clear());
    byId("undo").addEventListener("click", () => this.#undo());
    byId("copy-link").addEventListener("click", () => copyText(location.href, "Link copied"));
    byId("tray-toggle").addEventListener("click", () => this.#toggle());
    document.addEventListener("keydown", (event) => this.#onUndoKeys(event));
    mountReorder(this.#list, choice);
    this.#render();
  }

  /** Takes from an answer which songs the model does not know, or not by one meaning. */
  note({ unknown, ambiguous }) {
    this.#unknown = new Set(unknown.map(({ song }) => song));
    this.#questions = new Map([
      ...unknown.map(({ song, close_matches: titles }) => [song, this.#questionOf(song, titles.map(unseen))]),
      ...ambiguous.map(({ song, matches }) => [
        song,
        { text: `Stands for ${counted(matches.length, "song")}; all of them count. Only one?`, songs: matches },
      ]),
    ]);
    this.#render();
  }

  #questionOf(song, songs) {
    return { text: songs.length ? "Not in this catalogue. Did you mean:" : "Not in this catalogue.", songs, isUnknown: true };
  }

  #render() {
    const { songs } = this.choice;
    const focused = document.activeElement?.closest(".tray-row");
    const position = [...this.#list.children].indexOf(focused);
    updateList(this.#list, songs, ({ song }) => song, (song, place, row) => this.#row(song, place, row));
    byId("tray-empty").hidden = songs.length > 0;
    byId("undo").hidden = !this.choice.canUndo;
    for (const id of ["clear", "copy-link", "tray-save"]) byId(id).hidden = !songs.length;
    this.#tray.classList.toggle("is-empty", !songs.length && !this.choice.canUndo);
    byId("tray-count").textContent = songs.length ? counted(songs.length, "song") : "";
    const unknown = songs.filter(({ song }) => this.#unknown.has(song)).length;
    tell(byId("tray-unknown"), unknown ? `${unknown} unknown` : "");
    if (position >= 0 && !this.#list.contains(document.activeElement)) this.#focus(position);
  }

  /** Keeps the keyboard at its place when the song there is gone. */
  #focus(position) {
    const buttons = this.#list.querySelectorAll(".remove");
    (buttons[Math.min(position, buttons.length - 1)] ?? byId("query")).focus();
  }

  #row(song, place, before) {
    const question = this.#questions.get(song.song);
    const state = JSON.stringify([song, place, this.choice.songs.length, question]);
    if (before?.dataset.state === state) return before;
    const row = before ?? make("li");
    const act = row.contains(document.activeElement) ? document.activeElement.dataset.act : null;
    row.className = this.#unknown.has(song.song) ? "tray-row unknown" : "tray-row";
    row.dataset.state = state;
    const place_ = `position ${place + 1} of ${this.choice.songs.length}`;
    const handle = { class: "handle", "data-act": "move", "aria-label": `Move ${song.title}, ${place_}`, "aria-describedby": "reorder-hint" };
    const remove = { class: "icon-button remove", "data-act": "remove", "aria-label": `Remove ${song.title}`, keydown: (event) => this.#onRemoveKey(event, song) };
    row.replaceChildren(
      button("", () => {}, handle),
      make("div", { class: "tray-text" }, ...nameOf(song)),
      button("×", () => this.#remove(song), remove),
      ...(question ? [this.#question(song, question)] : []),
    );
    if (act) row.querySelector(`[data-act="${act}"]`)?.focus({ preventScroll: true });
    return row;
  }

  #question(song, { text, songs, isUnknown }) {
    const group = make("div", { class: "question", role: "group", "aria-label": `${song.title}: ${text}` }, make("p", {}, text));
    const answers = make("div", { class: "answers" });
    for (const other of songs) {
      const label = isUnknown ? [other.title] : [other.title, artistOf(other)].filter(Boolean);
      answers.append(button(label.join(" – "), () => this.#replace(song, other), { "data-act": "answer", dir: "auto" }));
    }
    if (isUnknown) answers.append(button("Search…", () => this.#lookFor(song), { class: "text-button", "aria-label": `Search for ${song.title}` }));
    group.append(answers);
    return group;
  }

  async #replace(song, other) {
    const [found = []] = other.artist ? [] : await match([other.song]).catch(() => [[]]);
    const by = found.find((one) => one.song === other.song) ?? other;
    announce(`${by.title} instead of ${song.title}`);
    this.choice.replace(song.song, by);
    (this.#list.querySelector(`[data-key="${CSS.escape(by.song)}"] .remove`) ?? byId("query")).focus({ preventScroll: true });
  }

  #lookFor(song) {
    this.#close();
    this.dispatchEvent(new CustomEvent("look", { detail: { text: song.title } }));
  }

  #onRemoveKey(event, song) {
    if (event.key === "Delete" || event.key === "Backspace") this.#remove(song);
  }

  #remove(song) {
    this.choice.remove(song.song);
    this.#offerUndo(`Removed ${song.title}.`);
  }

  #clear() {
    const count = this.choice.songs.length;
    this.choice.clear();
    this.#close();
    byId("query").focus({ preventScroll: true });
    this.#offerUndo(`Removed ${counted(count, "song")}.`);
  }

  #offerUndo(text) {
    notify("undo", text, { action: { label: "Undo", act: () => this.#undo() }, isBrief: true });
    const over = () => withdraw("undo");
    this.choice.addEventListener("change", over, { once: true });
  }

  #undo() {
    withdraw("undo");
    this.choice.undo();
    announce(`Undone: ${counted(this.choice.songs.length, "song")} in your playlist`);
    if (byId("undo").hidden && document.activeElement === document.body) byId("tray-title").focus({ preventScroll: true });
  }

  #onUndoKeys(event) {
    const isUndo = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if (!isUndo || event.target.closest?.("textarea, dialog") || event.target.value || !this.choice.canUndo) return;
    event.preventDefault();
    this.#undo();
  }

  /** On a narrow screen the tray is a bar, and opens. */
  #toggle() {
    const isOpen = this.#tray.classList.toggle("is-open");
    byId("tray-toggle").setAttribute("aria-expanded", String(isOpen));
  }

  #close() {
    this.#tray.classList.remove("is-open");
    byId("tray-toggle").setAttribute("aria-expanded", "false");
  }
}
