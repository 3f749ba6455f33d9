"""Mines pair rules of made-up playlists of MPD's size, and prints seconds and peak memory as JSON.

python -m tests.bench.pairs_job --playlists 1000000 --rules-per-song 100 --max-rules 50000000
"""

import argparse
import json
import resource
import sys
import time

import numpy as np
from numpy.typing import NDArray
from tests.bench.synthetic_mpd import MpdShape, row_batches

from playlist_model.ragged import offsets_of
from playlist_trainer.mining.pair_scoring import PairLimits, PairScoring
from playlist_trainer.mining.pairs import mine_pairs
from playlist_trainer.mining.transactions import Transactions

_PARAMETERS = {"playlists": 1_000_000, "rules_per_song": 100, "max_rules": 50_000_000, "threads": 2, "seed": 0}


def transactions_of(shape: MpdShape) -> Transactions:
    """Return made-up playlists as transactions, ids by falling popularity."""
    items = np.empty(0, dtype=np.int32)
    lengths = np.zeros(shape.playlists, dtype=np.int32)
    counts = np.zeros(shape.songs, dtype=np.int64)
    row_count = 0
    for playlists, songs in row_batches(shape):
        if row_count + len(songs) > len(items):
            items.resize(int(1.1 * (row_count + len(songs))), refcheck=False)
        items[row_count : row_count + len(songs)] = songs
        row_count += len(songs)
        lengths[playlists[0] : playlists[-1] + 1] = np.bincount(playlists - playlists[0])
        counts += np.bincount(songs, minlength=shape.songs)
    items.resize(row_count, refcheck=False)
    ids = np.empty(shape.songs, dtype=np.int32)
    ids[np.argsort(-counts, kind="stable")] = np.arange(shape.songs, dtype=np.int32)
    offsets = offsets_of(lengths)
    for begin in range(0, shape.playlists, 50_000):
        _renumber(items, offsets[begin : begin + 50_001], ids)
    return Transactions(offsets, items, int(np.count_nonzero(counts)))


def _renumber(items: NDArray[np.int32], offsets: NDArray[np.int64], ids: NDArray[np.int32]) -> None:
    part = items[offsets[0] : offsets[-1]]
    keys = np.repeat(np.arange(len(offsets) - 1) << 32, np.diff(offsets))
    keys |= ids[part]
    keys.sort()
    part[:] = keys.astype(np.int32)


def _scoring(transactions: Transactions) -> PairScoring:
    """Return a scoring with all its parts: weights by length, both factors by count."""
    lengths = np.maximum(np.diff(transactions.offsets), 1)
    counts = np.zeros(transactions.item_count)
    for begin in range(0, len(transactions.items), 1 << 22):
        counts += np.bincount(transactions.items[begin : begin + (1 << 22)], minlength=transactions.item_count)
    counts = np.maximum(counts, 1)  # a song that is in none has no rules, but needs a factor
    return PairScoring((lengths**-0.5).astype(np.float32), 1 / (counts + 10), counts**-0.2)


def peak_bytes() -> dict[str, int]:
    """Return this process's peak resident memory, as the kernel says it in two places."""
    with open("/proc/self/status", encoding="utf-8") as file:  # noqa: PTH123
        high_water = next(line for line in file if line.startswith("VmHWM"))
    return {
        "ru_maxrss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "vm_hwm": int(high_water.split()[1]) * 1024,
    }


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser()
    for name, default in _PARAMETERS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=default)
    options = parser.parse_args()
    started = time.perf_counter()
    transactions = transactions_of(MpdShape(playlists=options.playlists, seed=options.seed))
    report: dict[str, object] = {
        "rows": len(transactions.items),
        "songs": transactions.item_count,
        "made_s": round(time.perf_counter() - started, 1),
        "made_peak": peak_bytes(),
    }
    scoring = _scoring(transactions)
    limits = PairLimits(2, options.rules_per_song, options.max_rules)
    started, processor_started = time.perf_counter(), time.process_time()
    mined = mine_pairs(transactions, scoring, limits, threads=options.threads, progress=_say)
    report |= {
        "mined_s": round(time.perf_counter() - started, 1),
        "mined_processor_s": round(time.process_time() - processor_started, 1),
        "rules": len(mined.rules),
        "antecedents": len(mined.rules.antecedent_songs),
        "rules_per_song": mined.rules_per_song,
        "peak": peak_bytes(),
    }
    print(json.dumps(report))


def _say(done: int, total: int) -> None:
    sys.stderr.write(f"\r{done:,} of {total:,}")


if __name__ == "__main__":
    main()
