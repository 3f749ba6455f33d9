"""Text of other people's files in the trainer's own messages."""


def printable(text: str, at_most: int = 60) -> str:
    """Return the text without control characters, shortened: it goes to logs and terminals."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[: at_most + 1])
    return shown if len(text) <= at_most else shown[:at_most] + "…"


def shown_path(path: object) -> str:
    """Return a path for messages, whole: a name of a file may hold anything."""
    return printable(str(path), 4096)


def counted(count: int, noun: str, format_spec: str = "") -> str:
    """Return a number of things.

    >>> counted(1, "row"), counted(1200, "song", ",")
    ('1 row', '1,200 songs')
    """
    return f"{count:{format_spec}} {noun}{'' if count == 1 else 's'}"


def listed(names: list[str], at_most: int = 20) -> str:
    """Return names with commas between, for "found …"."""
    more = f" and {len(names) - at_most} more" if len(names) > at_most else ""
    return ", ".join(printable(name) or '""' for name in names[:at_most]) + more
