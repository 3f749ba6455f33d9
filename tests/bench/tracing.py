"""What traces cost: off, of one request in a hundred, and of every request."""

import gzip
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from tests.bench import data, starts
from tests.bench.jobs import Wanted, program, train_command
from tests.bench.options import Options
from tests.bench.processes import Spread, interleaved, run
from tests.bench.report import Aim, Section, aims, table
from tests.bench.servers import HOST, Recipe, Server, processors, serving
from tests.bench.serving import bodies_of
from tests.bench.sizing import Memory
from tests.bench.wrk import CONNECTIONS, Load, loaded

from playlist_api.middleware.request_log import Answered
from playlist_api.tracing.collector import Collector
from playlist_api.tracing.span_writer import SpanWriter
from playlist_api.tracing.spans import ended_now
from playlist_model import FolderStore

_OFF, _SOME, _ALL = "off (default)", "on, samplingRatio 0.01 (default)", "on, samplingRatio 1"
_RATIOS = {_SOME: "0.01", _ALL: "1"}
_AIM = 0.05
_MIB = 2**20
_SPANS = 512
_ANSWERED = Answered("POST", "/api/recommend", "/api/recommend", 200, 0.0001, "0123456789abcdef", "rule", "20261127T0")


@dataclass
class Sink:
    """A collector on the clients' processor, which counts.

    Attributes:
        url: its address.
        spans: that it took.
    """

    url: str = ""
    spans: int = 0


def measure(options: Options) -> Section:
    """Measure the group ``tracing``."""
    file = data.assignment(quick=options.quick)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        run(train_command(folder / "models", Wanted(file.path)))
        model = FolderStore(folder / "models").load_current()
        bodies = folder / "bodies.jsonl"
        bodies.write_text("\n".join(bodies_of(model)), encoding="utf-8")
        sinks = {each: stack.enter_context(_sink()) for each in (_OFF, _SOME, _ALL)}
        recipes = {each: _recipe(each, folder / "models", sink) for each, sink in sinks.items()}
        servers = {each: stack.enter_context(serving(recipe, processors()[0])) for each, recipe in recipes.items()}
        seconds = 2 if options.quick else 10
        rounds = options.repetitions(7)
        loads = interleaved({each: partial(loaded, one, bodies, seconds) for each, one in servers.items()}, rounds)
        memory = {each: Memory.of(server.process_ids) for each, server in servers.items()}
        shares = {each: sinks[each].spans / _requests(server) for each, server in servers.items()}
        started = starts.parts({_OFF: recipes[_OFF], _ALL: recipes[_ALL]}, options.repetitions(5))
    intro = (
        f"{len(model.rules):,} rules of {file.words}; three songs a request, {CONNECTIONS} connections, as fast as one "
        f"processor answers, request log on; {rounds} rounds of {seconds} s each, in turns. The collector is an HTTP "
        "server on the clients' processor that unpacks each batch. A request's processor time is that of all threads."
    )
    parts = [intro, *_parts(loads, memory, shares), _by_itself(), *started]
    return Section("Traces: what they cost a request", parts)


def _recipe(name: str, models: Path, sink: Sink) -> Recipe:
    environ = {"PLAYLIST_MODEL_DIR": str(models), "PLAYLIST_LOG_FORMAT": "json"}
    if name in _RATIOS:
        environ |= {
            "PLAYLIST_TRACING_ENABLED": "true",
            "PLAYLIST_TRACING_ENDPOINT": sink.url,
            "PLAYLIST_TRACING_SAMPLING_RATIO": _RATIOS[name],
        }
    return Recipe([program("playlist-api"), "--host", HOST, "--port", "{port}"], environ, "/api/recommend")


def _parts(loads: Mapping[str, Sequence[Load]], memory: Mapping[str, Memory], shares: Mapping[str, float]) -> list[str]:
    spent = {name: [1e6 / load.rate_of_processor for load in found] for name, found in loads.items()}
    # Round by round: a round is as slow as the machine was just then.
    more = {
        name: statistics.median(own - off for own, off in zip(found, spent[_OFF], strict=True))
        for name, found in spent.items()
    }
    rows = [
        (
            name,
            Spread.of(load.rate for load in found).text(",.0f"),
            Spread.of(spent[name]).text(".0f"),
            "–" if name == _OFF else f"{more[name]:+.1f}",
            Spread.of(load.p99_ms for load in found).text(".1f"),
            f"{memory[name].proportional / _MIB:.0f}",
            "–" if name == _OFF else f"{shares[name]:.1%}",
        )
        for name, found in loads.items()
    ]
    header = (
        "",
        "requests/s",
        "processor, us a request",
        "more than off, us",
        "p99, ms",
        "memory with mapped files, MiB",
        "spans taken",
    )
    off = statistics.median(spent[_OFF])
    wanted = f"one request in a hundred traced costs each at most {_AIM:.0%} more processor time"
    return [
        table(header, rows),
        aims([Aim(wanted, f"{more[_SOME] / off:+.1%}", more[_SOME] <= _AIM * off)]),
    ]


def _by_itself() -> str:
    """Measure the work alone, without a server: the least of many repetitions, which nothing else disturbed."""
    collector = Collector(f"http://{HOST}:9", {}, {"service.name": "playlist-api"})
    waiting = [ended_now(_ANSWERED) for _ in range(_SPANS)]

    def noting(ratio: float) -> float:
        writer = SpanWriter(collector, ratio)
        # As many as may wait.
        found = _least_us(lambda: [writer.note_answer(_ANSWERED) for _ in range(_SPANS)], 8)
        writer.stop()
        return found

    made_us = _least_us(lambda: collector.encode(waiting), 200)
    return (
        f"The work by itself, per request: the event loop spends {noting(0.0):.1f} us to see that a request is not "
        f"recorded, {noting(1.0):.1f} us to note one that is; the thread {made_us:.1f} "
        f"us to make, encode and pack a span, of {len(collector.encode(waiting)) / _SPANS:.0f} bytes then."
    )


def _least_us(work: Callable[[], object], repetitions: int) -> float:
    """Return the processor time of a piece of work on so many spans, in microseconds for one."""
    taken = []
    for _ in range(repetitions):
        began = time.thread_time()
        work()
        taken.append(time.thread_time() - began)
    return min(taken) / _SPANS * 1e6


def _requests(server: Server) -> float:
    """Return how many recommendations a server has answered."""
    answer = requests.get(f"http://{HOST}:{server.port}/metrics", timeout=60)
    return sum(
        float(line.split()[-1])
        for line in answer.text.splitlines()
        if line.startswith("playlist_request_duration_seconds_count") and 'route="/api/recommend"' in line
    )


@contextmanager
def _sink() -> Iterator[Sink]:
    sink = Sink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = gzip.decompress(self.rfile.read(int(self.headers["Content-Length"])))
            request = ExportTraceServiceRequest.FromString(content)
            sink.spans += sum(len(scope.spans) for each in request.resource_spans for scope in each.scope_spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer((HOST, 0), Handler) as server:
        sink.url = f"http://{HOST}:{server.server_port}"

        def serve() -> None:
            os.sched_setaffinity(0, {int(processors()[1])})
            server.serve_forever(0.05)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield sink
        finally:
            server.shutdown()
            thread.join()
