/** The map: songs in columns, lines from each song to what follows from it, and a list that says the same. */

import { announce, button, byId, make, tell } from "./dom.js";
import { counted, nameOf, number, percent, shortened } from "./format.js";
import { aboutSong } from "./map-about.js";
import { linesBetween } from "./map-lines.js";
import { RuleGraph, withoutLink } from "./rule-graph.js";

const WIDE = 560; // px: so much shows three columns

/** Shows the rules around the choice and walks along them. */
export class RuleMap {
  #graph = new RuleGraph();
  #body = byId("map-columns");
  #lines = byId("map-lines");
  #about = byId("map-about");
  #problem = byId("map-problem");
  #shown = null;
  #begun = [[], []];

  constructor(choice, showLike) {
    this.choice = choice;
    this.showLike = showLike;
    this.#graph.addEventListener("change", ({ detail }) => this.#render(detail.column));
    this.#body.addEventListener("keydown", (event) => this.#onKey(event));
    choice.addEventListener("change", () => this.#markChosen());
    byId("map-start").addEventListener("click", () => this.#restart());
    new ResizeObserver(() => this.#layOut()).observe(byId("map-frame"));
  }

  /** Begins anew with an answer. */
  begin(songs, recommendations) {
    this.#begun = [songs, recommendations];
    this.#about.replaceChildren();
    this.#shown = null;
    this.#graph.begin(songs, recommendations);
  }

  /** Takes songs of which more became known. */
  rename(songs) {
    const known = new Map(songs.map((song) => [song.song, song]));
    const [first, recommendations] = this.#begun;
    this.#begun = [first.map((song) => known.get(song.song) ?? song), recommendations];
    if (this.#graph.columns.length === 2 && !this.#shown) this.begin(...this.#begun);
  }

  #restart() {
    this.begin(...this.#begun);
    this.#body.querySelector(".node")?.focus();
  }

  #render(column) {
    const { columns } = this.#graph;
    tell(this.#problem, "");
    byId("map-empty").hidden = columns.length > 0;
    byId("map-frame").hidden = !columns.length;
    byId("map-start").hidden = columns.length < 3;
    byId("map-list-frame").hidden = !columns.length;
    const kept = [...this.#body.children].slice(0, column);
    this.#body.replaceChildren(...kept, ...columns.slice(column).map((songs, at) => this.#column(songs, column + at)));
    this.#markPath();
    this.#markChosen();
    this.#list();
    this.#layOut();
  }

  #column(songs, column) {
    const label = column === 0 ? "Your songs" : column === 1 ? "What goes with them" : `What follows from ${this.#title(column - 1)}`;
    const nodes = songs.map((song, row) => make("li", {}, this.#node(song, column, row)));
    const empty = songs.length ? [] : [make("li", { class: "quiet" }, "No rule leads on from here.")];
    return make("ol", { class: "column", "aria-label": label }, ...nodes, ...empty);
  }

  #node(song, column, row) {
    const link = column ? this.#linksTo(song, column)[0] : null;
    const share = link ? percent(link.share) : "";
    const name = make("span", { class: "node-name" }, ...nameOf(song));
    const label = [song.title, song.artist, link && `${share} of playlists with ${this.#titleOf(link.from)}`].filter(Boolean).join(", ");
    const attributes = {
      class: "node",
      type: "button",
      tabindex: column || row ? "-1" : "0",
      "data-song": song.song,
      "data-column": column,
      "aria-label": label,
      "aria-pressed": "false",
      title: label,
      click: () => this.#select(song, column),
    };
    return make("button", attributes, name, make("span", { class: "node-share", "aria-hidden": "true" }, share));
  }

  #linksTo(song, column) {
    return this.#graph.links[column - 1].filter(({ to }) => to === song.song).sort((one, other) => other.share - one.share);
  }

  async #select(song, column) {
    this.#tell(song, column);
    try {
      await this.#graph.walk(column, song);
      this.#keepFocus(song, column);
      const next = this.#graph.columns[column + 1] ?? [];
      announce(`${song.title}: ${counted(next.length, "song")} to go on to`);
    } catch (error) {
      if (error.name !== "AbortError") tell(this.#problem, error.message);
    }
  }

  #keepFocus(song, column) {
    const node = this.#nodes(column).find(({ dataset }) => dataset.song === song.song);
    for (const other of this.#body.querySelectorAll(".node")) other.tabIndex = other === node ? 0 : -1;
    if (document.activeElement === document.body) node?.focus({ preventScroll: true });
  }

  /** Says what is known of the song that was walked to, and what can be done with it. */
  #tell(song, column) {
    this.#shown = song;
    const links = column ? this.#linksTo(song, column) : [];
    const reasons = links.map(({ share, from }) => ({ share, title: this.#titleOf(from) }));
    const acts = { toggle: () => this.#toggle(song), showLike: () => this.showLike(song) };
    this.#about.replaceChildren(...aboutSong(song, reasons, acts));
    this.#markChosen();
  }

  #toggle(song) {
    if (this.choice.has(song.song)) this.choice.remove(song.song);
    else this.choice.add(withoutLink(song));
    announce(`${this.choice.has(song.song) ? "Added" : "Removed"} ${song.title}`);
  }

  #markChosen() {
    for (const node of this.#body.querySelectorAll(".node")) node.classList.toggle("is-chosen", this.choice.has(node.dataset.song));
    const add = this.#about.querySelector(".about-add");
    if (add) add.textContent = this.choice.has(this.#shown.song) ? "Remove from playlist" : "Add to playlist";
  }

  #markPath() {
    const { path } = this.#graph;
    for (const node of this.#body.querySelectorAll(".node")) {
      node.setAttribute("aria-pressed", String(path[node.dataset.column] === node.dataset.song));
    }
  }

  /** Arrows go up and down in a column, right to what follows, left to where one came from. */
  #onKey(event) {
    const node = event.target.closest(".node");
    if (!node) return;
    const column = Number(node.dataset.column);
    const nodes = this.#nodes(column);
    const at = nodes.indexOf(node);
    const targets = {
      ArrowDown: () => nodes[at + 1],
      ArrowUp: () => nodes[at - 1],
      Home: () => nodes[0],
      End: () => nodes.at(-1),
      ArrowLeft: () => this.#pressed(column - 1) ?? this.#nodes(column - 1)[0],
      ArrowRight: () => this.#onward(node, column),
    };
    if (!targets[event.key]) return;
    event.preventDefault();
    const target = targets[event.key]();
    if (!target) return;
    for (const other of this.#body.querySelectorAll(".node")) other.tabIndex = other === target ? 0 : -1;
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #onward(node, column) {
    const isWalked = node.getAttribute("aria-pressed") === "true" || column === 0;
    if (isWalked) return this.#nodes(column + 1)[0];
    const song = this.#graph.columns[column].find((one) => one.song === node.dataset.song);
    this.#select(song, column).then(() => this.#nodes(column + 1)[0]?.focus());
    return null;
  }

  #nodes(column) {
    return [...(this.#body.children[column]?.querySelectorAll(".node") ?? [])];
  }

  #pressed(column) {
    return this.#nodes(column).find((node) => node.getAttribute("aria-pressed") === "true");
  }

  /** Shows the last columns, as many as there is room for, and draws the lines between them. */
  #layOut() {
    const frame = byId("map-frame");
    if (frame.hidden || !frame.clientWidth) return;
    const most = frame.clientWidth >= WIDE ? 3 : 2;
    const columns = [...this.#body.children];
    const first = Math.max(0, columns.length - most);
    for (const [at, column] of columns.entries()) column.hidden = at < first;
    const shown = Math.min(most, columns.length);
    this.#body.dataset.columns = shown;
    this.#body.style.setProperty("--columns", shown);
    this.#body.style.setProperty("--between", `${Math.round(frame.clientWidth * (shown > 2 || most < 3 ? 0.09 : 0.18))}px`);
    this.#lines.setAttribute("viewBox", `0 0 ${frame.clientWidth} ${frame.clientHeight}`);
    this.#lines.replaceChildren(...this.#graph.links.slice(first).flatMap((links, at) => this.#linesOf(links, first + at)));
  }

  #linesOf(links, column) {
    const nodeOf = (at, name) => this.#nodes(at).find(({ dataset }) => dataset.song === name);
    return linesBetween(links, (name) => nodeOf(column, name), (name) => nodeOf(column + 1, name), byId("map-frame"), this.#graph.path[column]);
  }

  #list() {
    const sentences = this.#graph.links.flatMap((links, column) =>
      [...links]
        .sort((one, other) => other.share - one.share)
        .map(({ from, to, together, all }) =>
          make("li", {}, this.#titleOf(from), " → ", this.#titleOf(to, column + 1), `: ${number(together)} of ${counted(all, "playlist")}`),
        ),
    );
    byId("map-list").replaceChildren(...sentences);
  }

  #title(column) {
    return this.#titleOf(this.#graph.path[column]);
  }

  #titleOf(name) {
    const song = this.#graph.columns.flat().find((one) => one.song === name);
    return shortened(song?.title ?? this.choice.titleOf(name));
  }
}
