"""Which rows a JSON object stands for: a playlist with its songs in lists, or one song of a playlist."""

from collections.abc import Iterable, Iterator
from typing import Any

from playlist_trainer.dataset.columns import (
    ARTIST_SPELLINGS,
    TITLE_SPELLINGS,
    URI_SPELLINGS,
    Columns,
    spelt,
    trimmed,
)
from playlist_trainer.dataset.printable import printable
from playlist_trainer.errors import DatasetError

Record = dict[str, Any]
_SPELLINGS = (TITLE_SPELLINGS, ARTIST_SPELLINGS, URI_SPELLINGS)


class Doubled(Record):
    """An object that has a key twice, of which a dict keeps the last."""

    key: str


def keyed(pairs: list[tuple[str, Any]]) -> Record:
    """Return an object of JSON, marked where it has a key twice."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    doubled, seen = Doubled(found), set[str]()
    doubled.key = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return doubled


def refuse_doubled(value: Any, where: str) -> None:
    """Refuse an object that has a key twice: one of the two values is lost.

    Raises:
        DatasetError: it has.
    """
    if isinstance(value, Doubled):
        raise DatasetError(f"{where}: the key {printable(value.key)!r} stands twice in one object: expected it once")


class RecordRows:
    """Finds the lists of a record that hold songs; all other lists are none of a song's columns."""

    def __init__(self, columns: Columns) -> None:
        self._item = _names(columns.item)
        self._playlist = _names(columns.playlist)

    def of(self, record: Record, where: str) -> Iterator[Record]:
        """Yield the rows of a playlist with its songs, or the row that the record is.

        Raises:
            DatasetError: lists that belong together differ in length, or a key stands twice.
        """
        refuse_doubled(record, where)
        lists = {name: value for name, value in record.items() if isinstance(value, list)}
        own = {name: value for name, value in record.items() if name not in lists}
        if not lists:
            yield own
        elif name := self._holding_objects(lists, own):
            yield from _of_objects(name, lists[name], own, where)
        elif any(trimmed(name) in self._item for name in lists):
            yield from self._of_lists(lists, own, where)
        elif any(trimmed(name) in self._item for name in own):
            yield record
        else:
            yield from _without_songs(lists, own, where)

    def _holding_objects(self, lists: dict[str, list[Any]], own: Record) -> str:
        """Return the list whose objects have most of the item's columns; "" if none has one."""
        counts = {}
        for name, elements in lists.items():
            labels = _labels(name, elements, own)
            if found := sum(trimmed(label) in self._item for label in labels):
                counts[name] = (found, name == "tracks", _described(labels))
        return max(counts, key=counts.__getitem__, default="")

    def _of_lists(self, lists: dict[str, list[Any]], own: Record, where: str) -> Iterator[Record]:
        described = {spelt(spellings, list(lists | own)) for spellings in _SPELLINGS}
        together = [n for n in lists if trimmed(n) in self._item | self._playlist or n in described]
        first = together[0]
        for name in together:
            if len(lists[name]) != len(lists[first]):
                raise DatasetError(
                    f"{where}: {len(lists[first])} elements in {printable(first)!r}, but {len(lists[name])} "
                    f"in {printable(name)!r}: expected one each per song"
                )
        if not lists[first]:
            yield own | dict.fromkeys(together)  # a playlist without songs: a row that can't be used, and is counted
        for elements in zip(*(lists[name] for name in together), strict=True):
            yield own | dict(zip(together, elements, strict=True))


def _of_objects(name: str, elements: list[Any], own: Record, where: str) -> Iterator[Record]:
    for track in elements:
        if isinstance(track, dict):
            refuse_doubled(track, where)
            yield own | {_label(name, key, own): value for key, value in track.items()}
        else:
            yield own | {name: track}


def _without_songs(lists: dict[str, list[Any]], own: Record, where: str) -> Iterator[Record]:
    """Yield rows that can't be used, and are counted; their names tell what was found instead of songs."""
    for name, elements in lists.items():
        if elements and (name == "tracks" or _described(_labels(name, elements, own))):
            yield from _of_objects(name, elements, own, where)
            return
    labels = [label for name, elements in lists.items() for label in _labels(name, elements, own) or [name]]
    yield dict.fromkeys(labels) | own


def _labels(name: str, elements: list[Any], own: Record) -> list[str]:
    """Return what the columns of a list's objects are called."""
    keys: dict[str, None] = {}
    for element in elements:
        if isinstance(element, dict):
            keys |= dict.fromkeys(element)
    return [_label(name, key, own) for key in keys]


def _label(name: str, key: str, own: Record) -> str:
    return f"{name}.{key}" if key in own else key


def _described(labels: list[str]) -> int:
    return sum(bool(spelt(spellings, labels)) for spellings in _SPELLINGS)


def _names(names: Iterable[str]) -> frozenset[str]:
    """Return the columns' names as they are compared; one may hold commas itself."""
    return frozenset(map(trimmed, (*names, ",".join(names))))
