"""How titles and artists are compared: without case, accents and punctuation, in any script."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache

# Marks that people leave out when they type: accents of Latin, Greek and Cyrillic, vowel points of Hebrew and Arabic,
# variation selectors of emoji. Dakuten, virama and the vowel signs of Indic scripts make another letter and stay.
_OPTIONAL_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]+"
)
# What a keyboard has in place of what typographers write; the dotless i has the capital of the dotted one.
_TYPED = {
    "\u0131": "i",
    **dict.fromkeys("\u2018\u2019\u201b\u02bc\u2032", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
}
_NOT_TYPED = re.compile(f"[{''.join(_TYPED)}]")

# Scripts written without spaces: Thai, Lao, Burmese, Khmer, kana and Chinese characters.
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)"
)
_ASCII_SYMBOLS = "+<=>^`|~"  # not $, which stands for an s in names
_LAST_PUNCTUATION = 0x20000


def fold(text: str) -> str:
    """Return the key under which a title is looked up: without case, accents and extra white space.

    For look-up only; items are mined by their exact title.

    >>> fold("  Für  ELISE ")
    'fur elise'
    """
    if text.isascii():
        return " ".join(text.casefold().split())
    typed = _as_typed(text)
    if typed.isascii():
        return fold(typed)
    bare = _OPTIONAL_MARKS.sub("", unicodedata.normalize("NFKD", typed).casefold())
    return " ".join(unicodedata.normalize("NFKC", _as_typed(bare)).split())


def _as_typed(text: str) -> str:
    return _NOT_TYPED.sub(lambda found: _TYPED[found[0]], text)


def fold_of_version_1(text: str) -> str:
    """Return the key as models were published with at first: every combining mark taken for an accent.

    >>> fold_of_version_1("が") == fold_of_version_1("か")
    True
    """
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(bare.split())


FOLD_VERSION = 2
FOLDS: Mapping[int, Callable[[str], str]] = {1: fold_of_version_1, FOLD_VERSION: fold}


def words_of(key: str) -> list[str]:
    """Return the words of a folded text, in order, as an index holds them.

    Where a script has no spaces, each character begins a word of two: so any part of a title can be found.

    >>> words_of("don't stop (live)")
    ['dont', 'stop', 'live']
    >>> words_of("東京都 x")
    ['東京', '京都', '都', 'x']
    """
    if key.isascii():
        # Most titles are letters and spaces, and a tenth of the time.
        return (key if key.replace(" ", "").isalnum() else key.translate(_separators())).split()
    words = []
    for piece, unspaced in _pieces(key):
        words += [piece[start : start + 2] for start in range(len(piece))] if unspaced else [piece]
    return words


def terms_of(key: str) -> dict[str, bool]:
    """Return the distinct words that a folded query asks for, each with whether it may be the beginning of one.

    That is the last one, which is still being typed, and a single character of a script without spaces.

    >>> terms_of("chopin noct")
    {'chopin': False, 'noct': True}
    """
    terms: dict[str, bool] = {}
    last = ""
    for piece, unspaced in _pieces(key):
        pairs = [piece[start : start + 2] for start in range(len(piece) - 1)] if unspaced else []
        for last in pairs or [piece]:
            terms.setdefault(last, unspaced and len(last) == 1)
    if terms:
        terms[last] = True
    return terms


def _pieces(key: str) -> Iterator[tuple[str, bool]]:
    """Yield the runs of letters, each with whether its script has no spaces."""
    for word in key.translate(_separators()).split():
        for position, piece in enumerate(_UNSPACED.split(word)):
            if piece:
                yield piece, position % 2 == 1


@cache
def _separators() -> dict[int, str]:
    """Return what becomes of each character that is no part of a word: a space, or nothing within "don't"."""
    found = {ord("'"): ""}
    for code in range(_LAST_PUNCTUATION):
        kind = unicodedata.category(chr(code))
        if kind == "Cf":
            found[code] = ""
        elif kind[0] in "PZ" or kind == "Cc" or chr(code) in _ASCII_SYMBOLS:
            found.setdefault(code, " ")
    return found
