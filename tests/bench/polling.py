"""What an idle API spends on looking for a newer model: in a folder, and in an object store."""

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from libs.model.tests import s3_server
from tests.bench import sizing
from tests.bench.jobs import program
from tests.bench.options import Options
from tests.bench.processes import Spread, run, say
from tests.bench.report import Aim, Section, aims, table
from tests.bench.servers import HOST, Recipe, Server, serving

_AIM_MS = 0.5
_SONGS = 2_500
_NEVER_S = "86400"
_FOLDER, _STORE, _STORE_EACH_SECOND, _NOT_AT_ALL = (
    "folder, by default",
    "object store, by default",
    "object store, each second",
    "not at all",
)


@dataclass(frozen=True)
class Looking:
    """One way to look for a newer model.

    Attributes:
        interval_s: between two looks.
        environ: of the API.
    """

    interval_s: float
    environ: Mapping[str, str]


def measure(options: Options) -> Section:
    """Measure the group ``polling``."""
    seconds, rounds = (4.0, 2) if options.quick else (30.0, 5)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        sizing.publish(folder / "models", _SONGS)
        store = stack.enter_context(_object_store())
        run([program("playlist-trainer"), "models", "copy", folder / "models", "s3://models/bench"], store)
        ways = _ways(folder, store)
        servers = {what: stack.enter_context(serving(_recipe(way))) for what, way in ways.items()}
        time.sleep(5)  # the first looks fetch and load
        spent: dict[str, list[float]] = {what: [] for what in ways}
        for number in range(rounds):
            say(f"{number + 1} of {rounds}")
            # All at once: what slows the machine down for a while slows all alike.
            before = {what: _processor_ms(server) for what, server in servers.items()}
            time.sleep(seconds)
            for what, server in servers.items():
                spent[what].append((_processor_ms(server) - before[what]) / seconds)
    intro = (
        f"API processes that nobody asks, {seconds:g} s, {rounds} times, all at the same time; processor time by the "
        "kernel's own count in ns, less that of one that does not look. The store is a server of S3 on this machine "
        "that keeps connections, over plain HTTP."
    )
    return Section("Polling: what looking for a newer model costs", [intro, *_parts(ways, spent)])


def _ways(folder: Path, store: Mapping[str, str]) -> dict[str, Looking]:
    in_store = {**store, "PLAYLIST_MODEL_STORE_URL": "s3://models/bench", "PLAYLIST_MODEL_DIR": str(folder / "copies")}
    in_folder = {"PLAYLIST_MODEL_DIR": str(folder / "models")}
    each = "PLAYLIST_MODEL_STORE_REFRESH_INTERVAL_SECONDS"
    return {
        _FOLDER: Looking(1.0, in_folder),
        _STORE: Looking(2.0, in_store),
        _STORE_EACH_SECOND: Looking(1.0, in_store | {each: "1"}),
        _NOT_AT_ALL: Looking(float(_NEVER_S), in_folder | {"PLAYLIST_REFRESH_INTERVAL_SECONDS": _NEVER_S}),
    }


def _recipe(way: Looking) -> Recipe:
    command = [program("playlist-api"), "--host", HOST, "--port", "{port}"]
    return Recipe(command, way.environ, "/api/recommend")


def _parts(ways: Mapping[str, Looking], spent: Mapping[str, list[float]]) -> list[str]:
    nothing = Spread.of(spent[_NOT_AT_ALL]).median
    own = {what: Spread.of(each - nothing for each in found) for what, found in spent.items()}
    rows = [
        (what, f"{way.interval_s:g}", own[what].text(), f"{own[what].median * way.interval_s:.2f}")
        for what, way in ways.items()
        if what != _NOT_AT_ALL
    ]
    found = own[_STORE].median
    wanted = f"polling an object store costs less than {_AIM_MS:g} ms of processor a second"
    return [
        table(("looked for", "every, s", "ms of processor a second", "ms a look"), rows),
        f"The process that does not look spends {nothing:.2f} ms a second.",
        aims([Aim(wanted, f"{found:.2f} ms", found < _AIM_MS)]),
    ]


def _processor_ms(server: Server) -> float:
    """Return what all threads of a server's worker have spent so far."""
    tasks = Path(f"/proc/{server.worker_id}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6


@contextmanager
def _object_store() -> Iterator[dict[str, str]]:
    """Serve an empty bucket; yields the environment by which it is reached."""
    with s3_server.serving() as bucket:
        yield {
            "AWS_ACCESS_KEY_ID": s3_server.ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": s3_server.SECRET_KEY,
            "PLAYLIST_MODEL_STORE_ENDPOINT": bucket.url,
            "PLAYLIST_MODEL_STORE_ALLOW_HTTP": "true",
        }
