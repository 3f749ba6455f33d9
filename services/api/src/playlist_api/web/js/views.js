/** The recommendations as a list or as a map: one of them where both have no room side by side. */

import { byId } from "./dom.js";

const VIEWS = ["list", "map"];
const wide = matchMedia("(min-width: 56rem)");

/** Makes the two buttons work; gives what shows a view. */
export function mountViews() {
  const show = (view) => {
    byId("desk").dataset.view = view;
    for (const name of VIEWS) byId(`view-${name}`).setAttribute("aria-pressed", String(name === view));
  };
  for (const name of VIEWS) byId(`view-${name}`).addEventListener("click", () => show(name));
  show("list");
  // On a narrow screen the random songs come last, for the keyboard as well.
  const settle = () => (wide.matches ? byId("side") : byId("desk")).append(byId("sample-panel"));
  wide.addEventListener("change", settle);
  settle();
  return { show };
}
