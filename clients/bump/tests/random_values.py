"""Files of values as people write them: each in another style, with comments everywhere."""

import random

_SCALARS = ("1", "true", "a", '"0.1.0"', "'x'", '"#"', "''", "~", "builtin:sample", '"a: b"', "[1, {z: 2}]", '"\\n"')
_COMMENTS = ("", "", "", " # pods", "  #: {", " # '")


class RandomFile:
    """A text, and where its parts stand.

    Attributes:
        text: of the file.
        lines: the number of each single value's line, from 0, by path.
        mappings: paths of all mappings; "" for the file's own.
    """

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._written: list[str] = []
        self.lines: dict[str, int] = {}
        self.mappings = {""}
        self._block("", 0, 0)
        if draw.random() < 0.2:
            self._written.append("# the end")
        self.text = "\n".join(self._written) + draw.choice(["\n", "\n", ""])

    def _block(self, path: str, column: int, depth: int) -> None:
        step = self._draw.choice([2, 4])
        for number in range(self._draw.randint(1, 4)):
            key = f"{self._draw.choice('abc')}{number}"
            inner = f"{path}.{key}" if path else key
            self._noise(column)
            kind = self._draw.random()
            if depth < 3 and kind < 0.4:
                self._written.append(f"{' ' * column}{key}:{self._draw.choice(_COMMENTS)}")
                self.mappings.add(inner)
                self._block(inner, column + step, depth + 1)
            elif kind < 0.6:
                self._line(column, key, self._flow(inner, depth))
            else:
                self._line(column, key, self._leaf(inner))

    def _flow(self, path: str, depth: int) -> str:
        self.mappings.add(path)
        entries = []
        for number in range(self._draw.randint(0, 3)):
            inner = f"{path}.f{number}"
            is_deeper = depth < 3 and self._draw.random() < 0.3
            entries.append(f"f{number}: {self._flow(inner, depth + 1) if is_deeper else self._leaf(inner)}")
        blank = self._draw.choice(["", " "])
        return f"{{{blank}{', '.join(entries)}{blank}}}"

    def _leaf(self, path: str) -> str:
        scalar = self._draw.choice(_SCALARS)
        if not scalar.startswith("["):
            self.lines[path] = len(self._written)
        return scalar

    def _line(self, column: int, key: str, value: str) -> None:
        gap = self._draw.choice([" ", "   "])
        self._written.append(f"{' ' * column}{key}:{gap}{value}{self._draw.choice(_COMMENTS)}")

    def _noise(self, column: int) -> None:
        if self._draw.random() < 0.3:
            self._written.append(self._draw.choice(["", f"{' ' * column}# about: 'it'", "# {", "   "]))
