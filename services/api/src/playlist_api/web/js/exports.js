/** Songs to take along: as text, CSV and M3U. */

import { announce, byId, make } from "./dom.js";
import { counted } from "./format.js";
import { addressOfSong } from "./listen.js";
import { notify } from "./notices.js";

/** Gives one line per song: title – artist. */
export const textOf = (songs) => songs.map((song) => `${[song.title, song.artist].filter(Boolean).join(" – ")}\n`).join("");

/** Gives a table as trainers read it: a playlist of one's own. */
export function csvOf(songs) {
  const rows = songs.map(({ title, artist, track_uri: uri }) => [title, artist, uri ?? ""]);
  return [["track_name", "artist_name", "track_uri"], ...rows].map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
}

/** Gives a playlist for players; its addresses are those of the page's own links. */
export function m3uOf(songs) {
  const entries = songs.map((song) => {
    const name = [song.artist, song.title].filter(Boolean).join(" - ").replace(/\s+/gu, " ");
    return `#EXTINF:-1,${name}\n${addressOfSong(song)}\n`;
  });
  return `#EXTM3U\n${entries.join("")}`;
}

/**
 * Makes a menu's buttons take songs along.
 * @param {string} id of the menu
 * @param {function(): Array} songsOf gives the songs at the moment
 * @param {string} name of the files
 */
export function mountExports(id, songsOf, name) {
  const menu = byId(id);
  const acts = {
    copy: () => copyText(textOf(songsOf()), `${counted(songsOf().length, "song")} copied as text`),
    csv: () => download(csvOf(songsOf()), `${name}.csv`, "text/csv"),
    m3u: () => download(m3uOf(songsOf()), `${name}.m3u8`, "audio/x-mpegurl"),
  };
  menu.addEventListener("click", (event) => {
    const act = acts[event.target.closest("button")?.dataset.export];
    if (!act) return;
    close(menu);
    act();
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) close(menu);
  });
  document.addEventListener("pointerdown", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
}

/** Copies a text, or says how it can be done otherwise. */
export async function copyText(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    notify("copied", done, { tone: "good", isBrief: true });
  } catch {
    // Browsers give the clipboard to https and localhost alone.
    notify("copied", "This browser does not let the page copy: download it, or copy the address above.", { tone: "bad" });
  }
}

function download(content, name, type) {
  const url = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }));
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
  announce(`Downloaded ${name}`);
}

function close(menu) {
  menu.open = false;
  menu.querySelector("summary").focus();
}

const quoted = (text) => (/[",\r\n]|^\s|\s$/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
