/** Texts without case, accents and apostrophes, as the API compares them; here only to mark and to compare. */

const foldedCharacter = (character) =>
  character.normalize("NFKD").replace(/[\p{M}'’‘ʼ]/gu, "").toLowerCase();

/** Folds a text. */
export const folded = (text) => [...text].map(foldedCharacter).join("").split(/\s+/u).join(" ").trim();

/** Gives the words of a text, folded. */
export const wordsOf = (text) => folded(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/**
 * Gives the parts of a text that words begin with.
 * @returns {Array<[number, number]>} places in the text, from and to before, ascending, not touching
 */
export function matchedParts(text, words) {
  const places = []; // of each folded character in the text
  let whole = "";
  let place = 0;
  for (const character of text) {
    const bare = foldedCharacter(character);
    for (let step = 0; step < bare.length; step += 1) places.push([place, place + character.length]);
    whole += bare;
    place += character.length;
  }
  const isMarked = new Set();
  for (const word of words) {
    for (let at = whole.indexOf(word); at >= 0; at = whole.indexOf(word, at + 1)) {
      if (!beginsWord(whole, at)) continue;
      for (let step = 0; step < word.length; step += 1) isMarked.add(at + step);
    }
  }
  const parts = [];
  for (const at of [...isMarked].sort((one, other) => one - other)) {
    const [from, to] = places[at];
    const last = parts.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(to, last[1]);
    else parts.push([from, to]);
  }
  return parts;
}

/** In scripts without spaces any character begins a word. */
function beginsWord(text, at) {
  const isUnspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u.test(text[at]);
  return at === 0 || isUnspaced || !/[\p{L}\p{N}]/u.test(text[at - 1]);
}
