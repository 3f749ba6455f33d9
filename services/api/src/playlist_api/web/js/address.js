/**
 * The choice in the page's address, behind the "#": it can be shared, kept and gone back to, and never gets to a server,
 * whose logs would tell who listens to what.
 */

import { match, unseen } from "./api.js";

const TITLE = document.title;

function namesInAddress() {
  const names = new URLSearchParams(location.hash.slice(1)).getAll("song").map((name) => name.trim());
  return [...new Set(names)].filter(Boolean);
}

function addressOf(names) {
  const songs = new URLSearchParams(names.map((name) => ["song", name]));
  return names.length ? `#${songs}` : location.pathname + location.search;
}

/** Keeps the address and the choice the same. */
export function mountAddress(choice) {
  const restore = () => {
    const names = namesInAddress();
    if (names.join("\n") === choice.names.join("\n")) return;
    choice.restore(names.map((name) => choice.known(name) ?? unseen(name)));
  };

  const entitle = () => {
    const [first, ...others] = choice.songs;
    const more = others.length ? ` + ${others.length}` : "";
    document.title = first ? `${first.title}${more} – ${TITLE}` : TITLE;
  };

  choice.addEventListener("change", ({ detail }) => {
    if (!detail.isRestored) history.pushState(null, "", addressOf(choice.names));
    entitle();
  });
  choice.addEventListener("detail", entitle);
  addEventListener("popstate", restore);
  restore();

  return {
    /** Finds out the titles and artists of songs that came by address; without them the names do. */
    async fill() {
      const bare = choice.songs.filter(({ song, title, artist }) => !artist && title === song);
      if (!bare.length) return;
      const found = await match(bare.map(({ song }) => song)).catch(() => []);
      for (const [position, { song }] of bare.entries()) {
        const described = found[position]?.find((matched) => matched.song === song);
        if (described?.artist || (described && described.title !== song)) choice.describe(described);
      }
    },
  };
}
