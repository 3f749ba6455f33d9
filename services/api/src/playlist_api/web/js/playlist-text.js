/** Playlists as people have them, as text: lines, CSV, M3U. */

const TITLES = ["track_name", "track name", "trackname", "title", "song", "song name", "track", "name"];
const ARTISTS = ["artist_name", "artist name(s)", "artist name", "artistname", "artists", "artist"];
const SEPARATORS = [",", ";", "\t"];
const NAMED_BY = /\s+[-–—]\s+|\t/u;
const LONGEST = 500;

/**
 * Reads the songs of a text, each once.
 * @returns {Array<{text: string, readings: Array}>} a line as it is shown, and what it may mean, likeliest first:
 *   texts, or {title, artist}
 */
export function songsIn(text) {
  const lines = text.replace(/^\ufeff/u, "").split(/\r\n|\r|\n/u);
  const found = songsInM3u(lines) ?? songsInTable(text) ?? lines.map(readLine);
  const entries = found.filter(({ text: shown }) => shown && shown.length <= LONGEST);
  return [...new Map(entries.map((entry) => [entry.text, entry])).values()];
}

function readLine(line) {
  const text = line.replace(/^[\s•*]+/u, "").trim();
  const bare = text.replace(/^\d{1,4}[.)]\s+/u, "");
  return { text, readings: [...new Set([text, bare])].filter(Boolean).flatMap(readingsOf) };
}

/** A line may be a title, artist – title, title – artist, or title by artist. */
function readingsOf(text) {
  const readings = [text];
  const parts = text.split(NAMED_BY);
  for (let at = 1; at < parts.length; at += 1) {
    const one = parts.slice(0, at).join(" - ");
    const other = parts.slice(at).join(" - ");
    readings.push({ title: other, artist: one }, { title: one, artist: other });
  }
  const by = /^(.+)\s+by\s+(.+)$/iu.exec(text);
  if (by) readings.push({ title: by[1], artist: by[2] });
  return readings.slice(0, 7);
}

function songsInM3u(lines) {
  if (!lines.some((line) => /^#EXT(M3U|INF)/u.test(line))) return null;
  const named = lines.filter((line) => line.startsWith("#EXTINF:"));
  const names = named.length ? named.map((line) => line.slice(line.indexOf(",") + 1)) : lines.filter((line) => line && !line.startsWith("#")).map(fileName);
  return names.map(readLine);
}

const fileName = (path) => path.split(/[/\\]/u).pop().replace(/\.\w{2,4}$/u, "");

function songsInTable(text) {
  for (const separator of SEPARATORS) {
    const [head, ...rows] = rowsOf(text, separator);
    const heads = (head ?? []).map((name) => name.trim().toLowerCase());
    const [title, artist] = [TITLES, ARTISTS].map((names) => heads.indexOf(names.find((name) => heads.includes(name))));
    if (title < 0 || heads.length < 2) continue;
    return rows.map((row) => readRow((row[title] ?? "").trim(), artist < 0 ? "" : (row[artist] ?? "").trim()));
  }
  return null;
}

function readRow(title, artist) {
  const first = artist.split(/[,;]/u)[0].trim();
  const readings = [...new Set([artist, first])].filter(Boolean).map((name) => ({ title, artist: name }));
  return { text: title && [title, artist].filter(Boolean).join(" – "), readings: [...readings, title] };
}

/** Splits a table into rows of cells; a cell in quotes may hold separators and line breaks. */
function rowsOf(text, separator) {
  const rows = [[""]];
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    const row = rows.at(-1);
    if (character === '"') {
      if (isQuoted && text[at + 1] === '"') row[row.length - 1] += text[(at += 1)];
      else isQuoted = !isQuoted;
    } else if (!isQuoted && character === separator) row.push("");
    else if (!isQuoted && character === "\n") rows.push([""]);
    else if (character !== "\r" && character !== "\ufeff") row[row.length - 1] += character;
  }
  return rows;
}
