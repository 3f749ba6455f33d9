"""Reads and numbers a Parquet file of playlists, and prints seconds and peak memory as JSON.

python -m tests.bench.numbering_job FILE
"""

import json
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from playlist_trainer.dataset.playlists import numbered

_COLUMNS = {"playlist": "pid", "song": "track_name", "title": "track_name", "artist": "artist_name", "uri": "track_uri"}
_ROWS_AT_ONCE = 1 << 19


def main() -> None:
    """Measure once."""
    spent = 0.0
    path = Path(sys.argv[1])

    def batches() -> Iterator[pl.DataFrame]:
        nonlocal spent
        columns = {name: pl.col(column).cast(pl.String) for name, column in _COLUMNS.items()}
        for begin in range(0, pl.scan_parquet(path).select(pl.len()).collect().item(), _ROWS_AT_ONCE):
            started = time.perf_counter()
            batch = pl.scan_parquet(path).slice(begin, _ROWS_AT_ONCE).select(**columns).collect()
            spent += time.perf_counter() - started
            yield batch

    started = time.perf_counter()
    playlists = numbered(batches())
    report = {
        "rows": playlists.row_count,
        "playlists": len(playlists.transactions),
        "songs": len(playlists.songs),
        "pairs": len(playlists.transactions.items),
        "read_s": round(spent, 1),
        "read_and_numbered_s": round(time.perf_counter() - started, 1),
        "processor_s": round(time.process_time(), 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
