/** The recommendations, as the track list on the back of a sleeve. */

import { recommend } from "./api.js";
import { announce, byId, make, tell } from "./dom.js";
import { counted, nameOf, reasonOf, shortened } from "./words.js";

const SIDE_LENGTH = 5;

/** Shows what goes with the choice; "answer" is fired with each answer. */
export class Recommendations extends EventTarget {
  #list = byId("tracks");
  #problem = byId("tracks-problem");
  #asking = new AbortController();
  #hasFailed = false;

  constructor(choice) {
    super();
    this.choice = choice;
    choice.addEventListener("detail", () => {
      for (const cite of this.#list.querySelectorAll("cite")) {
        cite.textContent = shortened(this.#titlesOf(cite.dataset.song));
      }
    });
  }

  /** Asks anew; an answer to an older choice that comes later is dropped. */
  async refresh() {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    this.#list.setAttribute("aria-busy", "true");
    try {
      const answer = await recommend(this.choice.names, { signal });
      if (signal.aborted) return;
      this.#hasFailed = false;
      tell(this.#problem, "");
      this.#show(answer);
    } catch (error) {
      if (signal.aborted) return;
      this.#hasFailed = error.mayPass;
      tell(this.#problem, `${error.message}${error.mayPass ? " Trying again…" : ""}`);
      announce(error.message);
    }
    this.#list.removeAttribute("aria-busy");
  }

  /** Asks if the last time failed in a way that may pass. */
  retry() {
    if (this.#hasFailed) this.refresh();
  }

  #show(answer) {
    const { recommendations } = answer;
    const position = [...this.#list.children].indexOf(document.activeElement?.closest(".track"));
    const strongest = recommendations[0]?.value;
    this.#list.replaceChildren(...recommendations.map((song, place) => this.#track(song, place, strongest)));
    if (position >= 0) this.#focus(position);
    this.#head(recommendations);
    this.dispatchEvent(new CustomEvent("answer", { detail: answer }));
  }

  #head(recommendations) {
    const count = this.choice.songs.length;
    const isLed = recommendations.some(({ source }) => source === "rule");
    const goesWith = `Goes with your ${count === 1 ? "song" : counted(count, "song")}`;
    const title = isLed ? goesWith : count ? "Popular songs" : "Popular, to begin with";
    byId("tracks-title").textContent = title;
    tell(byId("tracks-note"), count && !isLed ? "Nothing leads on from this choice, so here is what is popular." : "");
    announce(`${title}: ${counted(recommendations.length, "recommendation")}`);
  }

  /** Keeps the keyboard at its place when the song there has become a chosen one. */
  #focus(position) {
    const tracks = this.#list.children;
    const next = tracks[Math.min(position, tracks.length - 1)]?.querySelector("button") ?? byId("tracks-title");
    next.focus({ preventScroll: true });
  }

  #track(song, place, strongest) {
    const add = () => this.#add(song, button);
    const button = make("button", { class: "add", type: "button", "aria-label": `Add ${song.title}`, click: add }, "+");
    const isRule = song.source === "rule";
    const tag = this.choice.songs.length ? "only popular" : "popular";
    const reason = make("p", { class: "reason" }, ...reasonOf(song, (name) => this.#titlesOf(name)));
    if (!isRule) reason.prepend(make("span", { class: "tag" }, tag), " ");
    const text = make("div", {}, ...nameOf(song), reason);
    if (isRule) text.append(groove(song.value / strongest));
    return make(
      "li",
      { class: "track", "data-source": song.source },
      make("span", { class: "place", "aria-hidden": "true" }, placeOf(place)),
      text,
      button,
    );
  }

  #add({ song, title, artist, artist_count }, button) {
    button.textContent = "✓";
    button.closest(".track").classList.add("is-added");
    announce(`Added ${title}`);
    this.choice.add({ song, title, artist, artist_count });
  }

  /** Gives the titles of a reason's songs: a rule that needs several joins their names. */
  #titlesOf(names) {
    if (this.choice.has(names)) return this.choice.titleOf(names);
    return names.split(" + ").map((name) => this.choice.titleOf(name)).join(" + ");
  }
}

/** Names a place as on a record: A1 to A5, then B1. */
const placeOf = (place) => "AB"[Math.floor(place / SIDE_LENGTH)] + ((place % SIDE_LENGTH) + 1);

function groove(share) {
  const element = make("div", { class: "groove", "aria-hidden": "true" });
  element.style.setProperty("--share", `${Math.round(share * 100)}%`);
  return element;
}
