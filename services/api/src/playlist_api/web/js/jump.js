/** On a narrow screen, a button that leads down to the recommendations while they are out of sight. */

import { byId } from "./dom.js";
import { counted } from "./words.js";

export function mountJump(choice) {
  const button = byId("jump");
  const heading = byId("tracks-title");
  let isInSight = false;

  const show = () => {
    const count = choice.songs.length;
    button.hidden = !count || isInSight;
    button.textContent = `See what goes with ${counted(count, "song")} ↓`;
  };

  new IntersectionObserver(([entry]) => {
    // Scrolled past it, a person has seen it.
    isInSight = entry.isIntersecting || entry.boundingClientRect.top < 0;
    show();
  }).observe(heading);
  choice.addEventListener("change", show);
  button.addEventListener("click", () => {
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    byId("choice-title").scrollIntoView({ behavior: isCalm ? "auto" : "smooth" });
    heading.focus({ preventScroll: true });
  });
}
