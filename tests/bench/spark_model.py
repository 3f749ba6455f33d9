"""How a training by Spark grows with its data, on paper: the table of docs/scale.md.

python -m tests.bench.spark_model prints it. The data is of the Million Playlist Dataset's shape at any size.
"""

import math
import sys
from dataclasses import dataclass

from tests.bench.report import table

_MPD_ROWS, _MPD_SONGS = 66.1e6, 2.26e6
_DISTINCT = 0.886  # rows of a playlist that name another song than the rows before
_ROWS_PER_PLAYLIST, _SONGS_PER_PLAYLIST = 66.1, 58.5
_PAIRS_PER_PLAYLIST = 5150  # songs × songs, on average: more than the square of the average
_SONGS_GROW = 0.59  # mpd_dev: 540,536 rows, 134,586 songs; the whole: 66 million, 2.26 million
_BYTES_PER_ITEM = 64  # of a task's memory, as playlist_trainer.spark.session has it
_MAX_RULES = 50_000_000


@dataclass(frozen=True)
class Rates:
    """What a core does, and what data takes.

    Attributes:
        row_us: of a core, to read a row, and to bring it to its playlist's others, in microseconds.
        pair_ns: of a core, to count a pair, ns.
        sent_ns: of a core, to write, send and read a byte, ns.
        sent_share: bytes that travel, compressed, of those that the tasks make.
        song_bytes: of the driver's memory, per song.
        start_s: until executors run, and between jobs.
    """

    row_us: float
    pair_ns: float
    sent_ns: float
    sent_share: float
    song_bytes: float
    start_s: float


@dataclass(frozen=True)
class Plan:
    """A training.

    Attributes:
        rows: of the dataset.
        memory_gib: of a task: an executor's by its cores.
        cores: of all executors.
    """

    rows: float
    memory_gib: float
    cores: int

    @property
    def playlists(self) -> float:
        """How many there are."""
        return self.rows / _ROWS_PER_PLAYLIST

    @property
    def songs(self) -> float:
        """How many there are."""
        return _MPD_SONGS * (self.rows / _MPD_ROWS) ** _SONGS_GROW

    @property
    def pairs(self) -> float:
        """Songs of playlists that are looked at beside each song."""
        return self.playlists * _PAIRS_PER_PLAYLIST

    @property
    def tasks(self) -> float:
        """How many count pairs."""
        return max(1.0, self.pairs / (self.memory_gib * 2**30 / _BYTES_PER_ITEM))

    @property
    def copies(self) -> float:
        """To how many tasks a playlist goes: one for each of its songs, but for those that want the same task."""
        return self.tasks * (1 - math.exp(-_SONGS_PER_PLAYLIST / self.tasks))

    @property
    def made_bytes(self) -> float:
        """What tasks make for each other: a key per row, descriptions of songs, playlists for each task."""
        keys = 8 * self.rows * _DISTINCT
        # A piece of half a million rows has as many songs as a dataset of that size.
        descriptions = 60 * Plan(2**19, 1, 1).songs * self.rows / 2**19 if self.rows > 2**19 else 60 * self.songs
        return keys + descriptions + 4 * self.rows * _DISTINCT * self.copies

    def core_seconds(self, rates: Rates) -> float:
        """Return what all executors' cores do together."""
        counted = self.rows * rates.row_us / 1e6 + self.pairs * rates.pair_ns / 1e9
        return counted + self.sent_bytes(rates) * rates.sent_ns / 1e9

    def sent_bytes(self, rates: Rates) -> float:
        """Return what travels, and stands on the executors' disks meanwhile."""
        return self.made_bytes * rates.sent_share

    def seconds(self, rates: Rates) -> float:
        """Return how long it takes where every core is busy, and the driver's own part."""
        own = self.songs * 23e-6 + min(_MAX_RULES, self.songs * 500) * 1e-6
        return rates.start_s + own + self.core_seconds(rates) / self.cores

    def driver_bytes(self, rates: Rates) -> float:
        """Return the driver's memory: the catalogue, and the rules."""
        return self.songs * rates.song_bytes + 13.5 * min(_MAX_RULES, self.songs * 500)


# Of 10 million rows, by the group ``spark`` with one executor: 141 s to read rows and to bring them together, 939 MB
# sent, 64 s to count .78 billion pairs (the kernel alone takes 63 ns for one, by the group ``million``; sending is the
# rest), 33 s of the driver for 1.47 million songs, 30 s to start and to choose the damping, 1,174 MiB of its Python.
RATES = Rates(row_us=14.0, pair_ns=63.0, sent_ns=20.0, sent_share=1.0, song_bytes=500.0, start_s=30.0)
PLANS = (
    Plan(10e6, 2, 2),
    Plan(66.1e6, 2, 8),
    Plan(1e9, 8, 32),
    Plan(10e9, 16, 128),
)


def scale_table(rates: Rates = RATES) -> str:
    """Return the table, a column per plan."""
    rows: list[tuple[str, ...]] = [
        ("songs, million", *(f"{plan.songs / 1e6:.1f}" for plan in PLANS)),
        ("pairs, billion", *(f"{plan.pairs / 1e9:,.1f}" for plan in PLANS)),
        ("memory of a task, GiB", *(f"{plan.memory_gib:g}" for plan in PLANS)),
        ("tasks that count", *(f"{plan.tasks:,.0f}" for plan in PLANS)),
        ("a playlist is sent … times", *(f"{plan.copies:.0f}" for plan in PLANS)),
        ("sent, GB", *(f"{plan.sent_bytes(rates) / 1e9:,.1f}" for plan in PLANS)),
        ("core hours", *(f"{plan.core_seconds(rates) / 3600:,.1f}" for plan in PLANS)),
        ("cores of executors", *(f"{plan.cores}" for plan in PLANS)),
        ("takes, minutes", *(f"{plan.seconds(rates) / 60:,.0f}" for plan in PLANS)),
        ("driver's memory, GiB", *(f"{plan.driver_bytes(rates) / 2**30:.1f}" for plan in PLANS)),
    ]
    return table(("", *(f"{plan.rows / 1e6:,.0f} M rows" for plan in PLANS)), rows)


if __name__ == "__main__":
    sys.stdout.write(f"{scale_table()}\n")
