"""Requests per second on one processor: the product's API, its first version's server, FastAPI, a scan of all rules."""

import json
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

from tests.bench import api_memory, beside_hostile, beside_long, data, first_version, scan_app, starts
from tests.bench.jobs import Wanted, program, train_command
from tests.bench.options import Options
from tests.bench.processes import MeasurementError, Spread, interleaved, run
from tests.bench.report import Aim, Section, aims, table
from tests.bench.servers import HOST, Recipe, Server, processors, python_module, serving
from tests.bench.wrk import CONNECTIONS, Load, loaded

from playlist_model import FolderStore, Model

_SONGS = 3
_BODIES = 1000
_OURS, _OURS_LOGGING = "playlist-api, request log off", "playlist-api (default: request log on)"
_DEF, _ASYNC, _SCAN = "FastAPI, def route", "FastAPI, async def route, access log off", "scan of all rules"
_ASYNC_LOGGING = "FastAPI, async def route, access log on"
_THREADED, _THREADED_LOGGING = "first version's server, request log off", "first version's server, request log on"


def measure(options: Options) -> Section:
    """Measure the group ``serving``."""
    if not shutil.which("wrk"):
        raise MeasurementError("wrk is missing: install it (Debian: apt-get install wrk)")
    file = data.assignment(quick=options.quick)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        run(train_command(folder / "models", Wanted(file.path)))
        model = FolderStore(folder / "models").load_current()
        bodies = folder / "bodies.jsonl"
        bodies.write_text("\n".join(bodies_of(model)), encoding="utf-8")
        scan_app.write_rules(folder / "models", folder / "rules.pickle")
        recipes = _recipes(folder)
        servers = {name: stack.enter_context(serving(recipe, processors()[0])) for name, recipe in recipes.items()}
        _check_answers(servers, bodies)
        seconds = 2 if options.quick else 10
        loads = interleaved(
            {name: partial(loaded, server, bodies, seconds) for name, server in servers.items()},
            options.repetitions(5),
        )
        large = {name: _large_request_ms(server, model) for name, server in servers.items() if name != _SCAN}
        stack.pop_all().close()  # the others would take processor time from what follows
        more = [
            *beside_long.parts(recipes[_OURS_LOGGING], model, folder, seconds, options.repetitions(5)),
            *beside_hostile.parts(recipes[_OURS_LOGGING], bodies, folder, seconds / 2, options.repetitions(3)),
            *starts.parts(_start_recipes(folder, recipes[_OURS_LOGGING]), options.repetitions(9)),
            *api_memory.parts(quick=options.quick),
        ]
    return Section("Serving: requests per second on one core", [*_parts(file, model, loads, large, seconds), *more])


def _recipes(folder: Path) -> dict[str, Recipe]:
    environ = {"PLAYLIST_MODEL_DIR": str(folder / "models"), "PLAYLIST_LOG_FORMAT": "json"}
    silent = environ | {"PLAYLIST_REQUEST_LOG": "off"}
    ours = [program("playlist-api"), "--host", HOST, "--port", "{port}"]
    uvicorn = python_module(
        *("uvicorn", "tests.bench.fastapi_app:app", "--host", HOST, "--port", "{port}"),
        *("--loop", "uvloop", "--http", "httptools"),
    )
    quiet = [*uvicorn, "--no-access-log", "--log-level", "warning"]
    gunicorn = python_module("gunicorn", "--bind", f"{HOST}:{{port}}", "tests.bench.scan_app:make_app()")
    recipes = {
        _OURS: Recipe(ours, silent, "/api/recommend"),
        _OURS_LOGGING: Recipe(ours, environ, "/api/recommend"),
        _ASYNC: Recipe(quiet, environ, "/async"),
        _ASYNC_LOGGING: Recipe(uvicorn, environ, "/async"),
        _DEF: Recipe(quiet, environ, "/def"),
        _SCAN: Recipe(gunicorn, {"BENCH_RULES": str(folder / "rules.pickle")}, "/api/recommend"),
    }
    threaded = first_version.THREADED.recipe(folder / "threaded")
    if threaded:
        recipes[_THREADED] = replace(threaded, environ=silent | threaded.environ)
        recipes[_THREADED_LOGGING] = replace(threaded, environ=environ | threaded.environ)
    return recipes


def _start_recipes(folder: Path, now: Recipe) -> dict[str, Recipe]:
    first = first_version.FIRST.recipe(folder / "first")
    return {starts.NOW: now} | ({starts.FIRST: replace(first, environ=now.environ | first.environ)} if first else {})


def bodies_of(model: Model) -> list[str]:
    """Draw requests: three songs each, popular ones more often, as people would ask."""
    draw = random.Random(0)
    names, weights = list(model.songs.names), model.songs.support_counts.tolist()
    return [json.dumps({"songs": draw.choices(names, weights, k=_SONGS)}) for _ in range(_BODIES)]


def _check_answers(servers: Mapping[str, Server], bodies: Path) -> None:
    """Make sure that all that is compared does the same work: equal bytes for requests, refusal of the same bad ones.

    Raises:
        MeasurementError: an answer differs.
    """
    same = {name: server for name, server in servers.items() if name != _SCAN}
    wanted = bodies.read_bytes().splitlines()[:100]
    for body in [*wanted, b'{"songs": []}', b'{"songs": ["unknown \xc3\xa9"], "limit": 100}']:
        answers = {name: server.answer(body) for name, server in same.items()}
        if set(answers.values()) != {answers[_OURS]} or answers[_OURS][0] != 200:
            raise MeasurementError(f"answers to {body!r} differ: {answers}")
    long, many = json.dumps({"songs": ["x" * 501]}).encode(), json.dumps({"songs": ["x"] * 1001}).encode()
    shapes = (b"{", b"[]", b"{}", b'{"songs": "x"}', b'{"songs": [1]}', b'{"songs": [], "limit": 0}')
    for body in (*shapes, b'{"songs": [], "limit": true}', b'{"songs": [], "more": 1}', long, many):
        if {server.answer(body)[0] // 100 for server in same.values()} != {4}:
            raise MeasurementError(f"{body[:80]!r} is not refused by all")
    for body in wanted[:3]:
        status, answer = servers[_SCAN].answer(body)
        if status != 200 or not json.loads(answer)["songs"]:
            raise MeasurementError(f"the scan does not answer {body!r}: {answer[:200]!r}")


def _large_request_ms(server: Server, model: Model) -> Spread:
    """Ask with as many songs as are allowed, one request after the other."""
    names = list(model.songs.names)
    songs = random.Random(0).sample(names, min(1000, len(names)))
    body = json.dumps({"songs": songs}).encode()
    taken = []
    for _ in range(20):
        started = time.perf_counter()
        status, _ = server.answer(body)
        taken.append((time.perf_counter() - started) * 1000)
        if status != 200:
            raise MeasurementError(f"1,000 songs were answered with {status}")
    return Spread.of(taken)


def _parts(
    file: data.File, model: Model, loads: Mapping[str, Sequence[Load]], large: Mapping[str, Spread], seconds: int
) -> list[str]:
    rates = {name: statistics.median(load.rate for load in found) for name, found in loads.items()}
    by_processor = {name: statistics.median(load.rate_of_processor for load in found) for name, found in loads.items()}
    rows = [
        (
            name,
            Spread.of(load.rate for load in found).text(",.0f"),
            f"{rates[name] / rates[_ASYNC]:.2f}",
            f"{by_processor[name]:,.0f}",
            f"{by_processor[name] / by_processor[_ASYNC]:.2f}",
            Spread.of(load.p50_ms for load in found).text(".1f"),
            Spread.of(load.p99_ms for load in found).text(".1f"),
            large[name].text(".1f") if name in large else "–",
        )
        for name, found in loads.items()
    ]
    ratio = "of FastAPI's async def"
    header = (
        "",
        "requests/s",
        ratio,
        "requests per processor second",
        ratio,
        "p50, ms",
        "p99, ms",
        "1,000 songs in one request, ms",
    )
    return [
        _intro(file, model, len(loads[_OURS]), seconds),
        table(header, rows),
        aims(_aims(rates, {name: statistics.median(load.p99_ms for load in found) for name, found in loads.items()})),
    ]


def _aims(rates: Mapping[str, float], p99_ms: Mapping[str, float]) -> list[Aim]:
    """Compare rates side by side; rounds are in turns, so that what else runs here slows all of them."""
    wanted = [
        ("1.6 × FastAPI async, log off on both sides", _OURS, _ASYNC, 1.6),
        ("1.3 × FastAPI async, log on on both sides", _OURS_LOGGING, _ASYNC_LOGGING, 1.3),
        ("2.5 × the first version's server, log off", _OURS, _THREADED, 2.5),
        ("2.5 × the first version's server, log on", _OURS_LOGGING, _THREADED_LOGGING, 2.5),
        ("100 × the scan", _OURS, _SCAN, 100),
    ]
    found = [
        Aim(text, f"{rates[mine] / rates[other]:.2f} ×", rates[mine] / rates[other] >= least)
        for text, mine, other, least in wanted
        if other in rates
    ]
    return [
        *found,
        Aim(
            f"p99 at {CONNECTIONS} connections no worse than FastAPI async's",
            f"{p99_ms[_OURS]:.1f} ms against {p99_ms[_ASYNC]:.1f} ms",
            p99_ms[_OURS] <= p99_ms[_ASYNC],
        ),
    ]


def _intro(file: data.File, model: Model, rounds: int, seconds: int) -> str:
    return (
        f"{len(model.rules):,} rules of {file.words}. Requests with {_SONGS} songs, {CONNECTIONS} connections, one "
        f"worker process on one processor, wrk on another; {rounds} rounds of {seconds} s each, in turns. "
        f"{data.installed('gunicorn', 'flask', 'uvicorn', 'fastapi', 'pydantic', 'uvloop', 'httptools')}. "
        "All but the scan answered with the same bytes and refused the same bad requests. FastAPI logs by uvicorn's "
        "access log, ours one JSON object per request with id, source and model; ours counts metrics in any case. Per "
        "processor second: had the server its processor to itself, whatever else runs on this machine."
    )
