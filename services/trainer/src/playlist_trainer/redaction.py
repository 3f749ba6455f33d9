"""What may be shown of a text that somebody else made, perhaps from a URL: all but what may be a credential."""

import re
import traceback
import unicodedata

HIDDEN = "(hidden)"
# Percent-encoded, be it twice, they are what a person meant as a delimiter.
_AT = r"(?:@|%(?:25)*40)"
_TO_LAST_AT = re.compile(rf".*{_AT}", re.DOTALL | re.IGNORECASE)
_BEFORE_URL = re.compile(rf"(?:(?!{_AT}).)*?\b(?:https?|ftp|file|s3|gs|az)://", re.DOTALL | re.IGNORECASE)
_QUERY = re.compile(r"[?#]|%(?:25)*(?:3f|23)", re.IGNORECASE)
# `//user:password` whose host was forgotten: what stands behind the colon is no port.
_NO_PORT = re.compile(r"//[^/\s]*:(?!\d*(?:[/\s'\"]|$))[^/]*")


def redacted(text: str) -> str:
    """Return a text without what may be a URL's user info, query or fragment, and without control characters.

    Hides too much rather than too little: all from the first URL's ``//`` (or the beginning) to the last ``@``, and all
    behind a ``?`` or ``#``, in any of their Unicode forms. For texts of other libraries and for what a person typed;
    a URL that can be parsed is better shown by its public form.

    >>> redacted("no route to https://me:secret@example.org/a.csv?token=secret")
    'no route to https://(hidden)@example.org/a.csv?(hidden)'
    """
    shown = unicodedata.normalize("NFKC", text)
    user_info, query = _TO_LAST_AT.match(shown), _QUERY.search(shown)
    before, after = "", shown
    if user_info:
        url = _BEFORE_URL.match(shown)
        before, after = f"{url[0] if url else ''}{HIDDEN}@", shown[user_info.end() :]
        if query and query.start() < user_info.end():
            return _printable(before.rstrip("@"))  # a password with a `?`, or an `@` in the query: who can tell
    if query:
        after = f"{after[: len(after) - len(shown) + query.end()]}{HIDDEN}"
    shown = before + after
    shown = _NO_PORT.sub(f"//{HIDDEN}", shown)
    return _printable(shown)


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def redacted_traceback(error: BaseException) -> str:
    """Return where an exception came from, and those that led to it, with their texts redacted."""
    told: list[str] = []
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        frames = "".join(traceback.format_tb(following.__traceback__))
        told.append(f"{frames}{type(following).__name__}: {redacted(str(following))}\n")
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)
    return "which led to\n".join(reversed(told))
