"""Searching a catalogue of half a million songs, and one of the Million Playlist Dataset's size."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.options import Options
from tests.bench.processes import run, say
from tests.bench.report import Aim, Section, aims, table
from tests.bench.servers import python_module

_AIM_SEARCH_MS = 5.0
_AIM_CLOSE_MATCHES_MS = 20.0
_CATALOGUES = ((500_000, "title"), (2_260_000, "both"))
_QUICK_CATALOGUES = ((20_000, "title"),)
_NAMED_BY = {"title": "title", "both": "title and artist"}


@dataclass(frozen=True)
class Searched:
    """One catalogue that was made and asked.

    Attributes:
        built: what making it took; see ``search_job.build``.
        kinds: one per kind of question; see ``search_job.ask``.
    """

    built: Mapping[str, Any]
    kinds: Sequence[Mapping[str, Any]]


def measure(options: Options) -> Section:
    """Measure the group ``search``."""
    searched = [_searched(*one) for one in (_QUICK_CATALOGUES if options.quick else _CATALOGUES)]
    intro = (
        "In the model's own code, without HTTP: the processor time of one question, after each has been asked once. "
        "Private memory is what all questions up to there added to a process that had loaded the model; building is "
        "done in the training."
    )
    return Section(
        "Search: by title, artist, and what was mistyped",
        [intro, _built_table(searched), _asked_table(searched), aims(a for one in searched for a in search_aims(one))],
    )


def _searched(songs: int, named_by: str) -> Searched:
    say(f"{songs:,} songs")
    found = run(python_module("tests.bench.search_job", "--songs", str(songs), "--named-by", named_by))
    built, *kinds = [json.loads(line) for line in found.output.splitlines() if line.startswith("{")]
    return Searched(built, kinds)


def _built_table(searched: Sequence[Searched]) -> str:
    header = ("songs", "named by", "building, processor s", "more memory for that, MB", "on disk, MB", "index, MB")
    columns = ("build_processor_s", "build_peak_extra_mb", "songs_mb", "index_mb")
    rows = [
        (f"{one.built['songs']:,}", _NAMED_BY[one.built["named_by"]], *(one.built[name] for name in columns))
        for one in searched
    ]
    return table(header, rows)


def _asked_table(searched: Sequence[Searched]) -> str:
    header = ("songs, question", "with an answer", "p50, ms", "p99, ms", "longest, ms", "private memory, MB")
    rows = [
        (
            f"{one.built['songs']:,}, {kind['kind']}",
            f"{kind['answered']:.0%}",
            *(f"{kind[name]:.2f}" for name in ("p50_ms", "p99_ms", "max_ms")),
            f"+{kind['private_mb_more']:.1f}",
        )
        for one in searched
        for kind in one.kinds
    ]
    return table(header, rows)


def search_aims(one: Searched) -> list[Aim]:
    """Return the aims of one catalogue, each on the slowest kind of question that it is about."""
    found = []
    for what, limit_ms in (("search", _AIM_SEARCH_MS), ("close matches", _AIM_CLOSE_MATCHES_MS)):
        slowest = max((kind for kind in one.kinds if kind["kind"].startswith(what)), key=lambda kind: kind["p99_ms"])
        found.append(
            Aim(
                f"{one.built['songs']:,} songs: {what}, p99 below {limit_ms:g} ms",
                f"{slowest['p99_ms']:.2f} ms ({slowest['kind']})",
                slowest["p99_ms"] < limit_ms,
            )
        )
    return found
