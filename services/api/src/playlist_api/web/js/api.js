/** The API's calls. Each takes a signal that takes it back, and fails with an ApiError or, taken back, an AbortError. */

const TIMEOUT_MS = 10_000;
const CLOSE_MATCHES = 5;
const MATCHED_AT_ONCE = 200;

/** A question that got no good answer; the message is for the person who asked. */
export class ApiError extends Error {
  /**
   * @param {string} message
   * @param {boolean} mayPass whether asking the same again can succeed
   */
  constructor(message, mayPass) {
    super(message);
    this.mayPass = mayPass;
  }
}

async function ask(path, { signal, ...request } = {}) {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const signals = signal ? [signal, timeout] : [timeout];
  try {
    const response = await fetch(path, { ...request, signal: AbortSignal.any(signals) });
    const content = await response.json();
    if (response.ok) return content;
    throw new ApiError(content.detail ?? `The server answered ${response.status}.`, response.status >= 500);
  } catch (error) {
    if (error instanceof ApiError || signal?.aborted) throw error;
    throw new ApiError(plain(error), true);
  }
}

function send(path, content, signal) {
  const headers = { "Content-Type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(content), signal });
}

function plain(error) {
  if (error.name === "TimeoutError") return `The server took longer than ${TIMEOUT_MS / 1000} seconds.`;
  if (error instanceof SyntaxError) return "The server answered something that is not JSON.";
  return "The server does not answer.";
}

/** Recommends songs that go with the named ones, and says why. */
export function recommend(names, limit, signal) {
  return send("api/recommend", { songs: names, limit, explain: true }, signal);
}

/**
 * Finds songs by words of title and artist, best first.
 * @returns {Promise<{songs: Array, close_matches: Array}>} close matches only where no song was found
 */
export function search(text, limit, signal) {
  return ask(`api/songs?${new URLSearchParams({ q: text, limit, close_matches: CLOSE_MATCHES })}`, { signal });
}

/**
 * Says which songs texts, or {title, artist}, stand for.
 * @returns {Promise<Array<Array>>} the songs of each, most popular first
 */
export async function match(songs, signal) {
  const found = [];
  for (let start = 0; start < songs.length; start += MATCHED_AT_ONCE) {
    const answer = await send("api/songs/match", { songs: songs.slice(start, start + MATCHED_AT_ONCE) }, signal);
    found.push(...answer.songs.map(({ matches }) => matches));
  }
  return found;
}

/** Gives the songs that rules lead to from one, best first. */
export async function related(name, limit, signal) {
  return (await ask(`api/songs/related?${new URLSearchParams({ song: name, limit })}`, { signal })).songs;
}

/** Draws songs by chance. */
export async function randomSongs(count, signal) {
  return (await ask(`api/songs/random?n=${count}`, { signal })).songs;
}

/** Says which code answers, and from which model. */
export function version(signal) {
  return ask("api/version", { signal });
}

/** Gives what a song looks like of which only the name is known. */
export const unseen = (name) => ({ song: name, title: name, artist: "", artist_count: 0 });
