"""CSV in batches: at full speed where a block is plain, record by record where it is not."""

from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path

import polars as pl

from playlist_trainer.dataset.columns import Columns, Roles
from playlist_trainer.dataset.csv_check import plain_record_count
from playlist_trainer.dataset.csv_dialect import Dialect, dialect_of
from playlist_trainer.dataset.csv_headers import HEADER_AGAIN, HeaderLines
from playlist_trainer.dataset.csv_lines import LONGEST_FIELD, BadLineError, bad_line, line_count, not_utf8
from playlist_trainer.dataset.csv_marks import without_marks
from playlist_trainer.dataset.csv_records import RecordReader
from playlist_trainer.dataset.unpacking import unpacked

_LONGEST_LINE_BYTES = 64 << 20
_ROWS_TOGETHER = 100_000


class CsvRows:
    """The rows of one file.

    Attributes:
        roles: what its columns are.
        left_out: lines that are no rows, by what they are; known when all batches were taken.
    """

    def __init__(self, path: Path, shown: str, columns: Columns) -> None:
        self._path, self._shown = path, shown
        self._dialect = dialect_of(path, shown, columns)
        self.roles = Roles.among(self._dialect.names, columns, shown)
        self.left_out = Counter[str]()
        self._headers = HeaderLines(self._dialect.names)
        self._places = sorted(self._dialect.names.index(name) for name in self.roles.wanted)

    def batches(self) -> Iterator[pl.DataFrame]:
        """Yield the wanted columns, every row of the file in its order (String, as the file has them).

        Raises:
            DatasetError: names the first line that can't be read.
        """
        dialect = self._dialect
        # What a backslash means is decided when the first one is met that could mean something.
        doubtful = {ord(c) for c in ('"', dialect.separator, "\n", "\r", "\\")}
        decided = False
        with closing(_Blocks(self._path, self._shown, dialect)) as blocks:
            for block in blocks:
                if not decided and _has_backslash_before(doubtful, block):
                    dialect, decided = self._decided(), True
                yield from self._rows(block, blocks, dialect, self.left_out)

    def _decided(self) -> Dialect:
        """Read the whole file both ways, and take the one that gives each record as many fields as the header.

        Where both do, backslashes are escapes if otherwise some stood before quotes in the texts.
        """
        escaping = replace(self._dialect, escapes=True)
        problem, left = self._tried(self._dialect)
        if problem or left:
            escaping_problem, _ = self._tried(escaping)
            if not escaping_problem:
                return escaping
            if problem:
                raise max(problem, escaping_problem, key=lambda error: error.line)
        return self._dialect

    def _tried(self, dialect: Dialect) -> tuple[BadLineError | None, bool]:
        """Read the file; return what is wrong with it, and whether backslashes are left before quotes."""
        left, left_out = False, Counter[str]()
        try:
            with closing(_Blocks(self._path, self._shown, dialect)) as blocks:
                for frame in chain.from_iterable(self._rows(block, blocks, dialect, left_out) for block in blocks):
                    left = left or any(text.str.contains('\\"', literal=True).any() for text in frame)
        except BadLineError as problem:
            return problem, left
        return None, left

    def _rows(
        self, block: bytes, blocks: "_Blocks", dialect: Dialect, left_out: Counter[str]
    ) -> Iterator[pl.DataFrame]:
        count = None
        doubtful = dialect.escapes and b"\\" in block
        if len(dialect.names) > 1 and not doubtful and not _may_exceed(block, LONGEST_FIELD):
            count = plain_record_count(block, dialect.separator, len(dialect.names))
        if count is None:
            yield from self._exact_rows(block, blocks, dialect, left_out)
            return
        frame = pl.read_csv(
            block, has_header=False, separator=dialect.separator, columns=self._places, infer_schema=False
        )
        frame.columns = [dialect.names[place] for place in self._places]
        # Another count was never seen; whatever comes, nothing is lost.
        if len(frame) != count or self._headers.may_be_in(frame):
            yield from self._exact_rows(block, blocks, dialect, left_out)
        else:
            yield frame

    def _exact_rows(
        self, block: bytes, blocks: "_Blocks", dialect: Dialect, left_out: Counter[str]
    ) -> Iterator[pl.DataFrame]:
        reader = RecordReader(dialect, self._headers, self._shown)
        records = reader.records(block, blocks.first_line, lambda: next(blocks, None))
        rows: list[list[str]] = []
        for record in records:
            if self._headers.repeated_in(record):
                left_out[HEADER_AGAIN] += 1
                continue
            rows.append([record[place] for place in self._places])
            if len(rows) == _ROWS_TOGETHER:
                yield self._frame(rows, dialect)
                rows = []
        if rows:
            yield self._frame(rows, dialect)

    def _frame(self, rows: list[list[str]], dialect: Dialect) -> pl.DataFrame:
        names = [dialect.names[place] for place in self._places]
        return pl.DataFrame(dict(zip(names, zip(*rows, strict=True), strict=True)), dict.fromkeys(names, pl.String))


class _Blocks(Iterator[bytes]):
    """The rows' bytes in blocks of whole lines, proven to be UTF-8 without a NUL.

    Attributes:
        first_line: the number of the first line in the block that came last.
    """

    def __init__(self, path: Path, shown: str, dialect: Dialect) -> None:
        self._shown, self._line_end = shown, dialect.line_end
        self._pieces = unpacked(path, shown)
        self._blocks = self._cut(dialect.header_bytes)
        self.first_line = 0
        self._next_line = dialect.header_lines + 1

    def __next__(self) -> bytes:
        block = next(self._blocks)
        self.first_line = self._next_line
        self._next_line += line_count(block)
        self._refuse_foreign(block)
        block = without_marks(block)
        # Without quotes a lone CR is no part of a text, so that it may become what the fast path knows.
        return block if b"\n" in block or b'"' in block else block.replace(b"\r", b"\n")

    def close(self) -> None:
        self._blocks.close()
        self._pieces.close()

    def _cut(self, skipped: int) -> Generator[bytes, None, None]:
        rest = b""
        for piece in self._pieces:
            if skipped >= len(piece):
                skipped -= len(piece)
                continue
            # A CR at the very end may be half of a CRLF.
            cut = piece.rfind(self._line_end, skipped, len(piece) - 1) + 1
            if cut:
                yield b"".join((rest, memoryview(piece)[skipped:cut]))
                rest = piece[cut:]
            else:
                rest += piece[skipped:]
            skipped = 0
            if len(rest) > _LONGEST_LINE_BYTES:
                raise bad_line(self._shown, self._next_line, "longer than 64 MiB, without a line end: not CSV")
        if rest:
            yield rest if rest.endswith((b"\n", b"\r")) else rest + self._line_end

    def _refuse_foreign(self, block: bytes) -> None:
        if (at := block.find(b"\0")) >= 0:
            line = self.first_line + line_count(block[:at])
            raise bad_line(self._shown, line, "a NUL byte: the file is damaged, or not text")
        if not block.isascii():
            try:
                pl.Series([block], dtype=pl.Binary).cast(pl.String)
            except pl.exceptions.PolarsError:
                pass
            else:
                return
            try:
                block.decode()
            except UnicodeDecodeError as error:
                raise not_utf8(block, error.start, self.first_line, self._shown) from error


def _has_backslash_before(characters: set[int], block: bytes) -> bool:
    at = block.find(b"\\")
    while at >= 0:
        if block[at + 1] in characters:  # there is one: the block ends with a line end
            return True
        at = block.find(b"\\", at + 1)
    return False


def _may_exceed(block: bytes, length: int) -> bool:
    """Tell whether a line may be longer: it would hold a whole one of these halves."""
    half = length // 2
    return any(block.find(b"\n", at, at + half) < 0 for at in range(0, len(block) - half + 1, half))
