"""python -m tests.bench [--list] [--quick] [GROUP…]: measures, prints tables, writes docs/measurements.md."""

import argparse
import sys
from collections.abc import Mapping

from tests.bench import (
    data,
    large,
    million,
    polling,
    ranking,
    reading,
    reload,
    search,
    serving,
    sizing,
    spark,
    tracing,
    training,
)
from tests.bench.options import SLICES, Group, Options
from tests.bench.processes import MeasurementError, say
from tests.bench.report import replace_section

_DOCUMENT = data.ROOT / "docs" / "measurements.md"
GROUPS: Mapping[str, tuple[Group, str]] = {
    "training": (training.measure, "CSV to published model: the first version, efficient-apriori, mlxtend"),
    "reading": (reading.measure, "reading and numbering a CSV file beside the first version"),
    "large": (large.measure, "100,000 made-up playlists"),
    "million": (million.measure, "1,000,000 made-up playlists in a Parquet file"),
    "slices": (million.measure_slices, "the same as slices of the Million Playlist Dataset's form (--slices)"),
    "spark": (spark.measure, "10 million rows by Spark with 1 and 2 executors beside one machine"),
    "ranking": (ranking.measure, "recall of rules beside EASE^R, item-kNN and popularity, by bounds of rules"),
    "serving": (serving.measure, "requests per second beside FastAPI; small requests beside long ones; start; memory"),
    "reload": (reload.measure, "latency while new models are published, and how soon they answer"),
    "polling": (polling.measure, "what looking for a newer model costs an idle API, in a folder and an object store"),
    "tracing": (tracing.measure, "what traces cost a request: off, of one in a hundred, of all"),
    "sizing": (sizing.measure, "memory and disk by rules, a training's memory by rows"),
    "search": (search.measure, "searching 500,000 and 2,260,000 made-up songs"),
}


def main() -> int:
    """Run the wanted groups; one that fails does not keep the others from running."""
    options, names = _arguments()
    failed = []
    for name in names:
        measure, _ = GROUPS[name]
        say(name)
        try:
            section = measure(options)
        except MeasurementError as error:
            print(f"{name}: {error}", file=sys.stderr)
            failed.append(name)
            continue
        markdown = section.markdown(_command(name, options))
        print(f"{markdown}\n", flush=True)
        if options.quick:
            print("Tried out on little data: no figure or aim above says anything.\n", flush=True)
        else:
            replace_section(_DOCUMENT, name, markdown, list(GROUPS))
    if failed:
        print(f"not measured: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _arguments() -> tuple[Options, list[str]]:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)}; all by default")
    parser.add_argument("--list", action="store_true", help="say what there is")
    parser.add_argument(
        "--quick", action="store_true", help="try everything out on little; the document stays as it is"
    )
    parser.add_argument(
        "--slices", type=int, default=SLICES, help=f"slices of 1,000 playlists that `slices` makes; {SLICES} by default"
    )
    given = parser.parse_args()
    if given.list:
        for name, (_, about) in GROUPS.items():
            print(f"{name:10} {about}")
        parser.exit()
    unknown = [name for name in given.groups if name not in GROUPS]
    if unknown:
        parser.error(f"no group {', '.join(unknown)}: there are {', '.join(GROUPS)}")
    if not 2 <= given.slices <= 1000:
        parser.error(f"--slices is {given.slices}, expected 2 to 1000: half of them are compared with all")
    return Options(quick=given.quick, slices=given.slices), given.groups or list(GROUPS)


def _command(name: str, options: Options) -> str:
    flags = ["--quick"] if options.quick else []
    if options.slices != SLICES:
        flags += ["--slices", str(options.slices)]
    return f"make bench (python -m tests.bench {' '.join([*flags, name])})"


if __name__ == "__main__":
    sys.exit(main())
