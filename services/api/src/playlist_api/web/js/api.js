/** The API's calls. Each takes a signal that takes it back, and fails with an ApiError or, taken back, an AbortError. */

const TIMEOUT_MS = 10_000;

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

function plain(error) {
  if (error.name === "TimeoutError") return `The server took longer than ${TIMEOUT_MS / 1000} seconds.`;
  if (error instanceof SyntaxError) return "The server answered something that is not JSON.";
  return "The server does not answer.";
}

/** Recommends songs that go with the named ones, and says why. */
export function recommend(names, { limit = 10, signal } = {}) {
  return ask("api/recommend", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ songs: names, limit, explain: true }),
    signal,
  });
}

/** Finds songs by a part of their title, best first. */
export async function search(text, limit, signal) {
  return (await ask(`api/songs?${new URLSearchParams({ q: text, limit })}`, { signal })).songs;
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

/** Gives the song of a name that the model knows, with its artist; what can't be found out is left empty. */
export async function describe(name, signal) {
  const found = await search(name, 50, signal);
  const wanted = folded(name);
  return found.find(({ song }) => song === name) ?? found.find(({ song }) => folded(song) === wanted) ?? unseen(name);
}

const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().split(/\s+/u).join(" ").trim();
