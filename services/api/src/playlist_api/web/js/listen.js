/** Where a song can be listened to: plain links, from which nothing is loaded. */

import { make } from "./dom.js";

const SPOTIFY = "https://open.spotify.com";
const YOUTUBE = "https://www.youtube.com/results";
const TRACK = /^(?:spotify:track:|https:\/\/open\.spotify\.com\/track\/)([A-Za-z0-9]{22})(?:[?#].*)?$/;

/** Gives the address of a song: its track where the model knows one, else a search. */
export function addressOfSong(song) {
  const [, track] = TRACK.exec(song.track_uri ?? "") ?? TRACK.exec(song.song) ?? [];
  return track ? `${SPOTIFY}/track/${track}` : `${SPOTIFY}/search/${encodeURIComponent(wordsFor(song))}`;
}

/** Gives links to listen to a song. */
export function listenLinks(song) {
  const isExact = addressOfSong(song).startsWith(`${SPOTIFY}/track/`);
  const search = `${YOUTUBE}?${new URLSearchParams({ search_query: wordsFor(song) })}`;
  return [
    link("Spotify", addressOfSong(song), isExact ? `Listen to ${song.title} on Spotify` : `Search ${song.title} on Spotify`),
    link("YouTube", search, `Search ${song.title} on YouTube`),
  ];
}

const wordsFor = (song) => [song.title, song.artist].filter(Boolean).join(" ");

function link(text, href, label) {
  const attributes = { class: "listen", href, target: "_blank", rel: "noopener noreferrer", "aria-label": label, title: label };
  return make("a", attributes, text);
}
