"""The files that are measured with: real ones where they are beside the repository, else made-up ones."""

import gzip
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from tests.bench.processes import say
from tests.bench.synthetic import Shape, table_of

ROOT = Path(__file__).resolve().parents[2]
_SHARED = ROOT.parent / "shared" / "data"
_CACHE = ROOT / ".venvs" / "bench-data"  # gone with `make clean`
ASSIGNMENT = Shape(playlists=2_262, songs_per_playlist=106, songs=1_972, clusters=12)
_QUICK = Shape(playlists=300, songs_per_playlist=60, songs=400, clusters=6)
LARGE = Shape(playlists=100_000, songs_per_playlist=64, songs=10_000, clusters=40)
QUICK_LARGE = Shape(playlists=5_000, songs_per_playlist=64, songs=10_000, clusters=40)


@dataclass(frozen=True)
class File:
    """A file of playlists.

    Attributes:
        path: where it is.
        words: what it is, for a reader of the results.
    """

    path: Path
    words: str


def shared(name: str) -> Path | None:
    """Return one of the data sets beside the repository, None where it is not there."""
    path = _SHARED / name
    return path if path.exists() else None


def assignment(*, quick: bool) -> File:
    """Return playlists of the assignment's full size as plain CSV; few made-up ones to try things out with."""
    if quick:
        return made_up(_QUICK, "csv")
    real = shared("ds1_full_size.csv.gz")
    if real:
        path = _cached("ds1_full_size.csv", lambda into: _unpack(real, into))
        return File(path, "ds1_full_size (2,262 playlists, 240,758 rows, 1,972 songs; plain CSV of 41 MB)")
    stand_in = made_up(ASSIGNMENT, "csv")
    return File(stand_in.path, f"a stand-in of the assignment's size, as the file itself is not here: {stand_in.words}")


def made_up(shape: Shape, kind: str) -> File:
    """Return made-up playlists as ``csv`` or ``parquet``."""
    path = _cached(f"{shape.name}.{kind}", lambda into: _write(shape, into, kind))
    return File(path, f"{shape}; {kind.upper()} of {path.stat().st_size / 1e6:.0f} MB")


def packed(file: File) -> File:
    """Return the same file as gzip."""
    path = _cached(f"{file.path.name}.gz", lambda into: into.write_bytes(gzip.compress(file.path.read_bytes(), 6)))
    return File(path, f"the same as gzip of {path.stat().st_size / 1e6:.0f} MB")


def _write(shape: Shape, into: Path, kind: str) -> None:
    table = table_of(shape)
    table.write_parquet(into) if kind == "parquet" else table.write_csv(into)


def _unpack(packed: Path, into: Path) -> None:
    with gzip.open(packed) as source, into.open("wb") as target:
        shutil.copyfileobj(source, target)


def _cached(name: str, make: Callable[[Path], object]) -> Path:
    path = _CACHE / name
    if not path.exists():
        say(f"making {name}")
        _CACHE.mkdir(parents=True, exist_ok=True)
        half_made = path.with_suffix(".part")
        make(half_made)
        half_made.replace(path)
    return path


def installed(*names: str) -> str:
    """Return packages of this environment with their versions."""
    return ", ".join(f"{name} {version(name)}" for name in names)


def is_installed(name: str) -> bool:
    """Tell whether a module can be imported here."""
    return find_spec(name) is not None
