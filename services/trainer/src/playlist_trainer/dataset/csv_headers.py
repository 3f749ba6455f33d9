"""Headers in the middle of CSV, where files were put one behind another: they are no rows."""

from collections import Counter
from collections.abc import Sequence

import polars as pl

from playlist_trainer.dataset.columns import trimmed

HEADER_AGAIN = "the header's names only"
# What may stand around a name that is the header's all the same.
_AROUND = ("", " ", "  ", "\t", "'")


class HeaderLines:
    """Tells lines that repeat the header from rows: only those in which every field is a name of the header.

    One column alone is never taken for a header again: its name may be a song's.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = [trimmed(name) for name in names]
        self._counts = Counter(self._names)
        self._any = frozenset(self._names) if len(names) > 1 else frozenset[str]()
        spellings = {before + name + behind for name in self._names for before in _AROUND for behind in _AROUND}
        self._spellings = sorted(spellings.union(names))

    def may_be_in(self, frame: pl.DataFrame) -> bool:
        """Tell whether a row of some columns (String, as the file has them) may be one; quick where none is."""
        for column in frame.iter_columns() if self._any else ():
            suspects = frame[column.name].is_in(self._spellings)
            if not suspects.any():
                return False
            frame = frame.filter(suspects)
        return bool(self._any)

    def repeated_in(self, record: Sequence[str]) -> bool:
        """Tell whether a record is the header once more."""
        return trimmed(record[0]) in self._any and [trimmed(field) for field in record] == self._names

    def reordered_in(self, record: Sequence[str]) -> bool:
        """Tell whether a record is a header with the same names in another order, so that its rows are shifted."""
        if trimmed(record[0]) not in self._any:
            return False
        fields = [trimmed(field) for field in record]
        return fields != self._names and Counter(fields) == self._counts
