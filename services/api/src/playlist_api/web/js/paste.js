/** A whole playlist at once: pasted or from a file, matched, its misses shown and mended, then added in one step. */

import { search } from "./api.js";
import { announce, button, byId, make, tell } from "./dom.js";
import { counted, labelOf } from "./format.js";
import { matchLines } from "./matching.js";
import { notify } from "./notices.js";
import { songsIn } from "./playlist-text.js";

const MOST_LINES = 1000;
const MOST_BYTES = 5_000_000;
const SUGGESTED_FOR = 20;
const SUGGESTIONS = 3;

/** The dialog that a playlist is pasted into. */
export class Paste {
  #dialog = byId("paste");
  #text = byId("paste-text");
  #problem = byId("paste-problem");
  #lines = byId("paste-lines");
  #found = [];
  #asking = new AbortController();

  constructor(choice) {
    this.choice = choice;
    byId("paste-open").addEventListener("click", () => this.open());
    byId("paste-find").addEventListener("click", () => this.#find());
    byId("paste-again").addEventListener("click", () => this.#showStep("text"));
    byId("paste-add").addEventListener("click", () => this.#add());
    byId("paste-file").addEventListener("change", ({ target }) => this.#read(target));
    byId("paste-close").addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("close", () => this.#asking.abort());
    this.#text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#find();
    });
  }

  /** Opens it; a text is looked for at once. */
  open(text = "") {
    this.#text.value = text;
    this.#showStep("text");
    this.#dialog.showModal();
    this.#text.focus();
    if (text) this.#find();
  }

  #showStep(step) {
    this.#dialog.dataset.step = step;
    byId("paste-input").hidden = step !== "text";
    byId("paste-review").hidden = step !== "review";
    tell(this.#problem, "");
    if (step === "text") this.#text.focus();
  }

  async #read(input) {
    const [file] = input.files;
    input.value = "";
    if (!file) return;
    if (file.size > MOST_BYTES) {
      tell(this.#problem, `${file.name} is larger than ${MOST_BYTES / 1e6} MB: choose a smaller file.`);
      return;
    }
    this.#text.value = decoded(await file.arrayBuffer());
    await this.#find();
  }

  async #find() {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const lines = songsIn(this.#text.value);
    if (!lines.length || lines.length > MOST_LINES) {
      const many = `${counted(lines.length, "line")} are too many, expected at most ${counted(MOST_LINES, "line")}.`;
      tell(this.#problem, lines.length ? many : "There is no song in this text yet.");
      return;
    }
    try {
      const matched = await matchLines(lines, signal);
      if (signal.aborted) return;
      this.#found = matched.map((line) => ({ ...line, song: line.songs[0] ?? null }));
      this.#showStep("review");
      // Misses come first, so that nobody has to look for them; what is added keeps the order of the text.
      const toShow = [...this.#found].sort((one, other) => Math.min(one.songs.length, 1) - Math.min(other.songs.length, 1));
      this.#lines.replaceChildren(...toShow.map((line) => this.#line(line)));
      this.#count();
      byId("paste-summary").focus();
      await this.#suggest(signal);
    } catch (error) {
      if (!signal.aborted) tell(this.#problem, error.message);
    }
  }

  #line(line) {
    const state = line.song ? (line.songs.length > 1 ? "several" : "found") : "missing";
    const row = make("li", { class: `line ${state}` }, make("span", { class: "line-text", dir: "auto" }, line.text));
    line.row = row;
    if (state === "found") row.append(make("span", { class: "line-song", dir: "auto", translate: "no" }, labelOf(line.song)));
    if (state === "several") row.append(this.#select(line));
    if (state === "missing") row.append(this.#mend(line));
    return row;
  }

  #select(line) {
    const options = line.songs.map((song, at) => make("option", { value: at, selected: song === line.song }, labelOf(song)));
    const onChange = ({ target }) => this.#take(line, line.songs[target.value]);
    return make("select", { class: "line-song", "aria-label": `Which song “${line.text}” means`, change: onChange }, ...options);
  }

  #mend(line) {
    line.answers = make("div", { class: "answers" });
    const field = make("input", { type: "text", maxlength: 500, "aria-label": `Search instead of ${line.text}`, placeholder: "Search instead", autocomplete: "off" });
    const look = async (event) => {
      event.preventDefault();
      const { signal } = this.#asking;
      if (!field.value.trim()) return;
      await this.#suggestFor(line, field.value.trim(), signal).catch((error) => {
        if (!signal.aborted) tell(this.#problem, error.message);
      });
    };
    const form = make("form", { class: "line-search", submit: look }, field, make("button", { class: "button", type: "submit" }, "Search"));
    line.note = make("p", { class: "line-note" }, "Not in this catalogue.");
    return make("div", { class: "line-mend", role: "group", "aria-label": `${line.text}: not in this catalogue` }, line.note, line.answers, form);
  }

  async #suggest(signal) {
    for (const line of this.#found.filter(({ song }) => !song).slice(0, SUGGESTED_FOR)) {
      await this.#suggestFor(line, line.text.replace(/[-–—]/gu, " "), signal);
    }
  }

  async #suggestFor(line, text, signal) {
    const { songs, close_matches: close } = await search(text, SUGGESTIONS, signal);
    const found = [...songs, ...close].slice(0, SUGGESTIONS);
    if (signal.aborted || !line.row.isConnected) return;
    line.note.textContent = found.length ? "Not in this catalogue. Did you mean:" : `Nothing reads like “${text}”.`;
    line.answers.replaceChildren(...found.map((song) => button(labelOf(song), () => this.#mendBy(line, song), { dir: "auto" })));
  }

  #mendBy(line, song) {
    line.songs = [song];
    const { row } = line;
    this.#take(line, song);
    row.replaceWith(this.#line(line));
    const next = this.#lines.querySelector(".line-mend button") ?? byId("paste-add");
    next.focus();
  }

  #take(line, song) {
    line.song = song;
    this.#count();
  }

  #count() {
    const taken = this.#songs.length;
    const missing = this.#found.filter(({ song }) => !song).length;
    const found = `${this.#found.length - missing} of ${counted(this.#found.length, "line")} found`;
    const text = missing ? `${found}, ${missing} not in this catalogue.` : `${found}.`;
    byId("paste-summary").textContent = text;
    announce(text);
    byId("paste-add").textContent = `Add ${counted(taken, "song")}`;
    byId("paste-add").disabled = !taken;
  }

  get #songs() {
    const songs = this.#found.map(({ song }) => song).filter(Boolean);
    return [...new Map(songs.map((song) => [song.song, song])).values()];
  }

  #add() {
    const songs = this.#songs;
    const added = this.choice.add(...songs);
    this.#dialog.close();
    const already = songs.length - added;
    const rest = already ? ` ${counted(already, "song")} ${already === 1 ? "was" : "were"} in it already.` : "";
    notify("added", `Added ${counted(added, "song")} to your playlist.${rest}`, { tone: "good", isBrief: true });
  }
}

/** Files come in UTF-8, or from older programs in other encodings. */
function decoded(buffer) {
  const [first, second] = new Uint8Array(buffer);
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(buffer);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(buffer);
  } catch {
    return new TextDecoder("windows-1252").decode(buffer);
  }
}
