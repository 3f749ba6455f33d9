"""A file of values as text: edits that leave every other byte as it was.

The positions of YAML's own parser say where a value stands. Only that span is replaced, or one line added; then the new
text is parsed again, and must mean the old values with the new one among them.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from playlist_bump.errors import ValuesError
from playlist_bump.scalars import Scalar, written

_NULL = "tag:yaml.org,2002:null"


@dataclass(frozen=True)
class _Splice:
    """``text`` in place of the characters from ``start`` up to, not including, ``end``."""

    start: int
    end: int
    text: str


def values_of(text: str) -> dict[str, Any]:
    """Return what a file of values says; empty for an empty file.

    Raises:
        ValuesError: it is no YAML mapping.
    """
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValuesError(f"can't be read as YAML: {' '.join(str(error).split())}") from None
    if not isinstance(values, dict | None):
        raise ValuesError(f"found a {type(values).__name__} at the top, expected keys such as `api:`")
    return values or {}


def value_at(values: Mapping[str, Any], path: str) -> Any:
    """Return the value at a path such as ``api.replicas``; None when it is not there."""
    found: Any = values
    for key in path.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found


def edited(text: str, values: Mapping[str, Scalar]) -> str:
    """Return the text with some values set, and every other byte as it was.

    Args:
        text: of the file.
        values: by path, such as ``api.replicas``; a missing key is added below its parent.

    Raises:
        ValuesError: one of them can't be set that way.
    """
    for path, value in values.items():
        text = _with_value(text, path, value)
    return text


def _with_value(text: str, path: str, value: Scalar) -> str:
    before = values_of(text)
    now = value_at(before, path)
    if now == value and type(now) is type(value):
        return text
    keys = path.split(".")
    splice = _splice(text, keys, value)
    result = f"{text[: splice.start]}{splice.text}{text[splice.end :]}"
    try:
        is_exact = values_of(result) == _with_key(before, keys, value)
    except ValuesError:
        is_exact = False
    if not is_exact:
        raise ValuesError(f"{path} can't be changed without changing other lines: edit it by hand")
    return result


def _with_key(values: Mapping[str, Any], keys: Sequence[str], value: Scalar) -> dict[str, Any]:
    result = copy.deepcopy(dict(values))
    inner = result
    for key in keys[:-1]:
        # A mapping that an alias shares is copied on the way, so that only this path changes.
        inner[key] = dict(inner.get(key) or {})
        inner = inner[key]
    inner[keys[-1]] = value
    return result


def _splice(text: str, keys: Sequence[str], value: Scalar) -> _Splice:
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    if node is None or node.tag == _NULL:
        return _line_at_end(text, keys, value)
    for depth, key in enumerate(keys):
        path = ".".join(keys[: depth + 1])
        if not isinstance(node, yaml.MappingNode):
            raise ValuesError(f"{path} can't be set: {path.rpartition('.')[0]} is no mapping")
        entries = [entry for entry in node.value if entry[0].value == key]
        if len(entries) > 1:
            raise ValuesError(f"{path} stands there twice: remove one of them")
        if not entries:
            return _addition(text, node, keys[depth:], value)
        key_node, node = entries[0]
        _refuse_shared(text, node, path)
        if node.tag == _NULL and depth + 1 < len(keys):
            return _replacement(text, key_node, node, f"{{{_in_flow(keys[depth + 1 :], value)}}}")
    if not isinstance(node, yaml.ScalarNode):
        raise ValuesError(f"{path} is no single value: edit it by hand")
    return _replacement(text, key_node, node, written(value, "" if node.tag == _NULL else node.style))


def _refuse_shared(text: str, node: yaml.Node, path: str) -> None:
    """Refuse what is said elsewhere, or used elsewhere.

    Raises:
        ValuesError: the node is an alias, has an anchor or a tag.
    """
    start = node.start_mark.index
    # An alias is the node that it stands for, which begins with the anchor.
    if text[start : start + 1] in {"&", "!"}:
        raise ValuesError(f"{path} has an alias, an anchor or a tag: edit it by hand")


def _replacement(text: str, key: yaml.Node, node: yaml.ScalarNode, new: str) -> _Splice:
    start, end = node.start_mark.index, node.end_mark.index
    if start == end:
        new = f" {new}" if ":" in text[key.end_mark.index : start] else f": {new}"
    elif node.style in {"|", ">"} and text[:end].endswith("\n"):
        new += _line_break(text)
    return _Splice(start, end, new)


def _addition(text: str, mapping: yaml.MappingNode, keys: Sequence[str], value: Scalar) -> _Splice:
    if mapping.flow_style and mapping.value:
        at = _end(mapping.value[-1])
        return _Splice(at, at, f", {_in_flow(keys, value)}")
    if mapping.flow_style:
        at = mapping.start_mark.index + 1
        return _Splice(at, at, _in_flow(keys, value))
    column = mapping.value[0][0].start_mark.column
    lines = _in_block(keys, value, column, _line_break(text))
    return _lines_after(text, _behind_comments(text, _end(mapping.value[-1]), column), lines)


def _line_at_end(text: str, keys: Sequence[str], value: Scalar) -> _Splice:
    return _lines_after(text, len(text), _in_block(keys, value, 0, _line_break(text)))


def _lines_after(text: str, at: int, lines: str) -> _Splice:
    """Add lines below the line of a position, or at the position if a line begins there."""
    if at == 0 or text[at - 1] == "\n":
        return _Splice(at, at, lines + _line_break(text))
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    end -= text[:end].endswith("\r")
    return _Splice(end, end, _line_break(text) + lines)


def _behind_comments(text: str, at: int, column: int) -> int:
    """Return a position in the last of the comments right below another that stand in a block of some column."""
    below = at if text[at - 1] == "\n" else text.find("\n", at) + 1
    while below:
        line = text[below:].partition("\n")[0]
        comment = line.lstrip(" ")
        if not comment.startswith("#") or len(line) - len(comment) < column:
            break
        # Behind its first character: at the line's beginning another line would be added above it.
        at, below = below + 1, text.find("\n", below) + 1
    return at


def _end(entry: tuple[yaml.Node, yaml.Node]) -> int:
    """Return where the last character of an entry of a mapping stands, comments behind it left out."""
    key, node = entry
    last = node
    while isinstance(last, yaml.CollectionNode) and not last.flow_style and last.value:
        last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
    return max(int(key.end_mark.index), int(last.end_mark.index))


def _in_flow(keys: Sequence[str], value: Scalar) -> str:
    inner = written(value)
    for key in reversed(keys[1:]):
        inner = f"{{{key}: {inner}}}"
    return f"{keys[0]}: {inner}"


def _in_block(keys: Sequence[str], value: Scalar, column: int, line_break: str) -> str:
    opened = [f"{' ' * (column + 2 * depth)}{key}:" for depth, key in enumerate(keys)]
    return f"{line_break.join(opened)} {written(value)}"


def _line_break(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
