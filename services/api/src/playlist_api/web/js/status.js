/** Watches the server: which code and which model answer, and whether it can be reached. */

import { version } from "./api.js";

const INTERVAL_MS = 3000;
const WAITING_INTERVAL_MS = 1500;

/**
 * Asks as long as the page is seen. Fires
 * "answer" {answer} after each good answer, before the others;
 * "model" {answer, isFirst} and "version" {answer, before} when they differ from what they were;
 * "lost" {message} when the server stops answering, and "back" when it answers again.
 */
export class Status extends EventTarget {
  #answer = null;
  #seen = new Set();
  #doubted = "";
  #isLost = false;
  #timer = 0;

  get hasModel() {
    return Boolean(this.#answer?.model_id);
  }

  start() {
    document.addEventListener("visibilitychange", () => this.#poll());
    return this.#poll();
  }

  async #poll() {
    clearTimeout(this.#timer);
    if (document.visibilityState === "hidden") return;
    try {
      this.#take(await version());
    } catch (error) {
      if (!this.#isLost) this.#fire("lost", { message: error.message });
      this.#isLost = true;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#poll(), this.hasModel ? INTERVAL_MS : WAITING_INTERVAL_MS);
  }

  #take(answer) {
    const wasLost = this.#isLost;
    this.#isLost = false;
    if (this.#isPassing(answer)) return;
    const before = this.#answer;
    this.#answer = answer;
    this.#fire("answer", { answer });
    if (wasLost) this.#fire("back");
    if (before && before.version !== answer.version) this.#fire("version", { answer, before: before.version });
    if (answer.model_id && before?.model_id !== answer.model_id) this.#fire("model", { answer, isFirst: !before?.model_id });
  }

  /** While replicas change one by one, old and new ones answer in turn: going back must be seen twice. */
  #isPassing({ version: code, model_id: model }) {
    const key = `${code} ${model}`;
    const isSame = this.#answer?.version === code && this.#answer?.model_id === model;
    const isPassing = !isSame && this.#seen.has(key) && this.#doubted !== key;
    this.#doubted = isPassing ? key : "";
    this.#seen.add(key);
    return isPassing;
  }

  #fire(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
