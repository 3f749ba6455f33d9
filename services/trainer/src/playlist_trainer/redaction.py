"""What may be shown of a text that somebody else made, perhaps from a URL: all but what may be a credential."""

import re
import traceback
import unicodedata

HIDDEN = "(hidden)"
# Percent-encoded, be it twice, they are what a person meant as a delimiter.
_AT = r"(?:@|%(?:25)*40)"
_URL = r"\b(?:https?|ftp|file|s3|gs|az)://"
_USER_INFO = re.compile(rf"((?:(?!{_AT}).)*?{_URL})?.*{_AT}", re.DOTALL | re.IGNORECASE)
_QUERY = re.compile(r"([?#]|%(?:25)*(?:3f|23)).*", re.DOTALL | re.IGNORECASE)
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
    shown = _USER_INFO.sub(lambda found: f"{found[1] or ''}{HIDDEN}@", shown, count=1)
    shown = _QUERY.sub(lambda found: f"{found[1]}{HIDDEN}", shown, count=1)
    shown = _NO_PORT.sub(f"//{HIDDEN}", shown)
    return "".join(character if character.isprintable() else "\ufffd" for character in shown)


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
