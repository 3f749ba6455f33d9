/** News at the lower edge of the page, one of each kind, until they are closed, outdated or over. */

import { announce, button, byId, make } from "./dom.js";

const SHOWN_MS = 8000;
const deck = byId("notices");
const timers = new Map();

/**
 * Shows a notice in the place of an older one of its kind.
 * @param {string} kind
 * @param {string} text
 * @param {{tone?: string, action?: {label: string, act: function(): void}, isBrief?: boolean}} [options]
 *   tone: "good", "bad" or "plain"; brief ones go by themselves, if nobody is at them
 */
export function notify(kind, text, { tone = "plain", action, isBrief = false } = {}) {
  const act = () => {
    withdraw(kind);
    action.act();
  };
  const buttons = make("div", { class: "buttons" });
  if (action) buttons.append(button(action.label, act));
  buttons.append(button("Close", () => withdraw(kind)));
  withdraw(kind);
  const notice = make("div", { class: `notice ${tone}`, "data-kind": kind }, make("p", {}, text), buttons);
  deck.append(notice);
  announce(text);
  if (isBrief) timers.set(kind, setTimeout(() => expire(kind, notice), SHOWN_MS));
}

/** Takes a notice away. */
export function withdraw(kind) {
  clearTimeout(timers.get(kind));
  deck.querySelector(`[data-kind="${kind}"]`)?.remove();
}

function expire(kind, notice) {
  if (notice.matches(":hover, :focus-within")) timers.set(kind, setTimeout(() => expire(kind, notice), SHOWN_MS));
  else withdraw(kind);
}
