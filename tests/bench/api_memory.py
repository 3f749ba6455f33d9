"""What the API's memory comes to with a large model, after many requests of every kind."""

import http.client
import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.jobs import program
from tests.bench.processes import MeasurementError, say
from tests.bench.publisher import RULES_PER_SONG, names_of
from tests.bench.report import Aim, aims, table
from tests.bench.servers import HOST, Recipe, Server, serving
from tests.bench.sizing import Memory, publish

_MIB = 2**20
_AIM_MIB = 120
_FLAT_MIB = 2.0
_STEPS = 5
_SONGS, _QUICK_SONGS = 100_000, 2_500


def parts(*, quick: bool) -> list[str]:
    """Measure; return the parts of a section."""
    songs, requests = (_QUICK_SONGS, 500) if quick else (_SONGS, 10_000)
    say(f"memory with {songs * RULES_PER_SONG:,} rules")
    with tempfile.TemporaryDirectory() as name:
        publish(Path(name), songs)
        recipe = Recipe(
            [program("playlist-api"), "--host", HOST, "--port", "{port}"],
            {"PLAYLIST_MODEL_DIR": name, "PLAYLIST_LOG_FORMAT": "json"},
            "/api/recommend",
        )
        with serving(recipe) as server:
            bodies = _bodies(songs)
            found = {0: Memory.of(server.process_ids)}
            for step in range(1, _STEPS + 1):
                _ask(server, bodies, requests // _STEPS)
                found[step * requests // _STEPS] = Memory.of(server.process_ids)
    rows = [
        (f"{asked:,}", f"{one.proportional / _MIB:.1f}", f"{one.anonymous / _MIB:.1f}") for asked, one in found.items()
    ]
    memories = list(found.values())
    growth = (memories[-1].anonymous - memories[-3].anonymous) / _MIB
    most = memories[-1].proportional / _MIB
    wanted = f"a pod with {songs * RULES_PER_SONG:,} rules in at most {_AIM_MIB} MiB after {requests:,} requests"
    intro = (
        f"The API's memory with {songs * RULES_PER_SONG:,} rules and {songs:,} songs. Asked in turns: three songs; "
        "three, explained; ten that the model does not know, explained; 300 songs; a search."
    )
    return [
        intro,
        table(("requests", "with the mapped files, MiB", "without, MiB"), rows),
        aims(
            [
                Aim(wanted, f"{most:.1f} MiB", most <= _AIM_MIB),
                Aim(
                    f"flat: the last two fifths of them add at most {_FLAT_MIB:g} MiB",
                    f"{growth:+.1f} MiB",
                    growth <= _FLAT_MIB,
                ),
            ]
        ),
    ]


def _bodies(songs: int) -> Iterator[tuple[str, str, bytes]]:
    """Yield requests without end: method, path, body."""
    draw, names = random.Random(0), names_of(songs)
    number = 0
    while True:
        number += 1
        unknown = [f"Mde-up Sng {number}{place}" for place in range(10)]
        kinds: tuple[dict[str, object], ...] = (
            {"songs": draw.sample(names, 3)},
            {"songs": draw.sample(names, 3), "explain": True},
            {"songs": unknown, "explain": True},
            {"songs": draw.sample(names, 300)},
        )
        for body in kinds:
            yield "POST", "/api/recommend", json.dumps(body).encode()
        yield "GET", f"/api/songs?q=made-up%20{number}", b""


def _ask(server: Server, bodies: Iterator[tuple[str, str, bytes]], requests: int) -> None:
    connection = http.client.HTTPConnection(HOST, server.port, timeout=60)
    try:
        for _ in range(requests):
            method, path, body = next(bodies)
            connection.request(method, path, body)
            response = connection.getresponse()
            if response.read() and response.status != http.HTTPStatus.OK:
                raise MeasurementError(f"{method} {path}: status {response.status}, expected 200")
    finally:
        connection.close()
