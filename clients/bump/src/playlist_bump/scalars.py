"""Single values of YAML, written so that every reader takes them for what they are."""

import json
import re

Scalar = str | int
# What no reader of YAML, 1.1 or 1.2, takes for a number, a date or a boolean: a scheme and a colon begin it.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9_./~%+:=&-]*[A-Za-z0-9_/]")


def written(value: Scalar, style: str | None = "") -> str:
    """Return a value as YAML, in the quotes that stood there where they fit, else in double ones.

    >>> written("0.2.0", "'"), written("0.2.0", None), written("builtin:sample", None), written(5, '"')
    ("'0.2.0'", '"0.2.0"', 'builtin:sample', '5')

    Args:
        value: a text or a whole number; numbers have no quotes.
        style: of the scalar that stood there, as PyYAML names it: the quote, None for a plain one, "" for none.
    """
    if isinstance(value, int):
        return str(value)
    if style is None and _PLAIN.fullmatch(value):
        return value
    if style == "'":
        return "'" + value.replace("'", "''") + "'"
    return json.dumps(value, ensure_ascii=False)
