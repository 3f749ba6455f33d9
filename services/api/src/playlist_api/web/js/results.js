/** The recommendations: what goes with the choice, or with one song of it or beside it. */

import { recommend } from "./api.js";
import { announce, byId, tell } from "./dom.js";
import { counted, shortened } from "./format.js";
import { updateList } from "./list.js";
import { retitle } from "./reasons.js";
import { resultRow, showChosen } from "./result-row.js";

/** Shows recommendations; "answer" {answer, like} is fired with each answer, like being the one song asked with, or null. */
export class Results extends EventTarget {
  #list = byId("tracks");
  #problem = byId("results-problem");
  #title = byId("results-title");
  #back = byId("results-back");
  #limit = byId("limit");
  #asking = new AbortController();
  #hasFailed = false;
  #like = null;
  #playlists = null;
  #songs = [];

  constructor(choice) {
    super();
    this.choice = choice;
    choice.addEventListener("detail", () => retitle(this.#list, (name) => this.#titlesOf(name)));
    this.#limit.addEventListener("change", () => this.refresh());
    this.#back.addEventListener("click", () => this.backToChoice());
  }

  /** The songs that are shown, best first. */
  get songs() {
    return this.#songs;
  }

  /** Takes how many playlists the model learned from. */
  learnedFrom(playlists) {
    this.#playlists = Number.isInteger(playlists) ? playlists : null;
  }

  /** Follows a change of the choice. */
  follow({ isRestored, isSameSet }) {
    if (isRestored) this.#like = null;
    if (this.#like) for (const song of this.#songs) this.#showChosen(song);
    else if (!isSameSet) this.refresh();
  }

  /** Shows what goes with one song alone. */
  async showLike(song) {
    this.#like = song;
    this.#title.focus({ preventScroll: true });
    byId("results").scrollIntoView({ block: "nearest" });
    await this.refresh();
  }

  /** Shows what goes with the whole choice again. */
  backToChoice() {
    this.#like = null;
    this.#title.focus({ preventScroll: true });
    return this.refresh();
  }

  /** Asks anew; an answer to an older choice that comes later is dropped. */
  async refresh() {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    this.#list.setAttribute("aria-busy", "true");
    try {
      const names = this.#like ? [this.#like.song] : this.choice.names;
      const answer = await recommend(names, Number(this.#limit.value), signal);
      if (signal.aborted) return;
      this.#hasFailed = false;
      tell(this.#problem, "");
      this.#show(answer);
    } catch (error) {
      if (signal.aborted) return;
      this.#hasFailed = error.mayPass === true;
      tell(this.#problem, `${error.message}${this.#hasFailed ? " Trying again…" : ""}`);
      announce(error.message);
    }
    this.#list.removeAttribute("aria-busy");
  }

  /** Asks if the last time failed in a way that may pass. */
  retry() {
    if (this.#hasFailed) this.refresh();
  }

  #show(answer) {
    this.#songs = answer.recommendations;
    const focused = document.activeElement?.closest(".track");
    const position = [...this.#list.children].indexOf(focused);
    const { act } = document.activeElement?.dataset ?? {};
    updateList(this.#list, this.#songs, ({ song }) => song, (song, place, row) => resultRow(song, place, row, this.#around));
    if (position >= 0 && !this.#list.contains(document.activeElement)) this.#focus(position, act);
    this.#head(answer);
    this.dispatchEvent(new CustomEvent("answer", { detail: { answer, like: this.#like } }));
  }

  get #around() {
    return {
      titleOf: (name) => this.#titlesOf(name),
      playlists: this.#playlists,
      has: (name) => this.choice.has(name),
      toggle: (song) => this.#toggle(song),
      showLike: (song) => this.showLike(song),
    };
  }

  #head({ recommendations, unknown }) {
    const all = this.#like ? 1 : this.choice.songs.length;
    const count = all - unknown.length;
    const ruled = recommendations.filter(({ source }) => source === "rule").length;
    const title = this.#like && ruled ? `More like ${shortened(this.#like.title)}` : titleOf(count, ruled);
    this.#title.textContent = title;
    this.#back.hidden = !this.#like;
    tell(byId("results-note"), noteOf({ all, unknown: unknown.length, ruled, popular: recommendations.length - ruled }));
    announce(`${title}: ${counted(recommendations.length, "recommendation")}`);
  }

  /** Keeps the keyboard at its place when the song there has become a chosen one. */
  #focus(position, act = "add") {
    const rows = this.#list.children;
    const row = rows[Math.min(position, rows.length - 1)];
    (row?.querySelector(`[data-act="${act}"]`) ?? this.#title).focus({ preventScroll: true });
  }

  #toggle({ because, source, score, value, confidence, together_count, ...song }) {
    if (this.choice.has(song.song)) {
      announce(`Removed ${song.title}`);
      this.choice.remove(song.song);
    } else {
      announce(`Added ${song.title}`);
      this.choice.add(song);
      this.#showChosen(song);
    }
  }

  #showChosen({ song, title }) {
    const row = [...this.#list.children].find(({ dataset }) => dataset.key === song);
    if (row) showChosen(row, this.choice.has(song), title);
  }

  /** Gives the titles of a reason's songs: a rule that needs several joins their names. */
  #titlesOf(names) {
    if (this.#like?.song === names) return this.#like.title;
    if (this.choice.known(names)) return this.choice.titleOf(names);
    return names.split(" + ").map((name) => this.choice.titleOf(name)).join(" + ");
  }
}

function titleOf(count, ruled) {
  if (!ruled) return count > 0 ? "Popular songs" : "Popular right now";
  return `Goes with your ${count === 1 ? "song" : counted(count, "song")}`;
}

/** Says what the numbers do not cover: unknown songs, and popular ones that fill up. */
function noteOf({ all, unknown, ruled, popular }) {
  const notes = [];
  if (unknown) {
    const which = all === 1 ? "Your song is" : `${unknown} of your ${counted(all, "song")} ${unknown === 1 ? "is" : "are"}`;
    notes.push(`${which} not in this catalogue and ${unknown === 1 ? "does" : "do"} not count.`);
  }
  if (all && !ruled) notes.push("No matches for these songs yet. Popular right now:");
  else if (all && popular) notes.push(`${counted(ruled, "song")} from playlists like yours, then ${counted(popular, "popular one")}.`);
  return notes.join(" ");
}
