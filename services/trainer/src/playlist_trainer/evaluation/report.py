"""An evaluation as a table for people."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from playlist_trainer.evaluation.metrics import Evaluation, Quality


def report(evaluations: Iterable[Evaluation]) -> str:
    """Return a table for people: one row a way to answer and number of songs asked with."""
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
            figures = (f"{value:.3f}" for value in asdict(quality).values())
            rows.append((str(evaluation.seed_count), str(evaluation.request_count), name, *figures))
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
