"""An evaluation as a table for people."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from playlist_trainer.evaluation.metrics import Evaluation, Quality

_METHOD = (
    "Asked with a fifth of the playlists, held out of training. What a training says of itself comes from other "
    "playlists (where there are few, from each of them once), so it may differ."
)


def report(evaluations: Iterable[Evaluation]) -> str:
    """Return a table for people, one row per way to answer and number of songs asked with; and how it was measured."""
    header = (
        "songs asked with",
        "requests",
        "answered by",
        *(name.replace("_", " ") for name in Quality.__annotations__),
    )
    rows: list[tuple[str, ...]] = [header]
    for evaluation in evaluations:
        qualities: Mapping[str, Quality] = {"rules": evaluation.rules, "popularity": evaluation.popularity}
        for name, quality in qualities.items():
            figures = (f"{value:.3f}" if evaluation.request_count else "–" for value in asdict(quality).values())
            rows.append((str(evaluation.seed_count), str(evaluation.request_count), name, *figures))
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    table = "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return f"{table}\n{_METHOD}"
