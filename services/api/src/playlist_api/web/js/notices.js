/** News at the lower edge of the page, one of each kind, until they are closed or outdated. */

import { announce, byId, make } from "./dom.js";

const deck = byId("notices");

/**
 * Shows a notice in the place of an older one of its kind.
 * @param {string} kind
 * @param {string} text
 * @param {{label: string, act: function(): void}} [action] a button
 */
export function notify(kind, text, action) {
  const buttons = make("div", { class: "buttons" });
  if (action) buttons.append(make("button", { class: "button", type: "button", click: action.act }, action.label));
  buttons.append(make("button", { class: "button", type: "button", click: () => withdraw(kind) }, "Close"));
  withdraw(kind);
  deck.append(make("div", { class: "notice", "data-kind": kind }, make("p", {}, text), buttons));
  announce(text);
}

/** Takes a notice away. */
export function withdraw(kind) {
  deck.querySelector(`[data-kind="${kind}"]`)?.remove();
}
