"""Spans, as a collector reads them: of answers in the event loop and in Flask, and of reloads."""

import gzip
import http.client
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from playlist_api.live_state import Reload
from playlist_api.middleware.request_log import Answered
from playlist_api.settings import Settings
from playlist_api.tracing import span_writer
from playlist_api.tracing.collector import Collector, ExportError
from playlist_api.tracing.span_writer import SpanWriter
from playlist_api.tracing.spans import Ended, fill, is_sampled
from playlist_runtime.settings import SettingsError, from_environ

from .running_server import BODY, Publish, Server, Start, wait_until
from .span_recorder import Recorder, attributes, recorder

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SAMPLED, NOT_SAMPLED = f"00-{TRACE}-{PARENT}-01", f"00-{TRACE}-{PARENT}-00"
ANSWERED = Answered(
    "POST", "/api/recommend", "/music/api/recommend", 200, 0.25, "seven", "rule", "20261121T100000Z-abc", None
)
NOW_NS = 1_800_000_000_000_000_000


@pytest.fixture
def collected() -> Iterator[Recorder]:
    with recorder().listening() as found:
        yield found


@pytest.fixture
def write() -> Iterator[Callable[..., SpanWriter]]:
    """Make writers of spans, which are ended in the end."""
    writers: list[SpanWriter] = []

    def write(endpoint: str, ratio: float = 1.0) -> SpanWriter:
        writers.append(SpanWriter(Collector(endpoint, {}, {}), ratio, retry_s=0.05))
        return writers[-1]

    yield write
    for writer in writers:
        writer.stop()


def span(what: Answered | Reload) -> Span:
    made = Span()
    fill(made, Ended(NOW_NS, what))
    return made


def traced(collected: Recorder, **more: str) -> dict[str, str]:
    """What turns traces on."""
    return {
        "PLAYLIST_TRACING_ENABLED": "true",
        "PLAYLIST_TRACING_ENDPOINT": collected.url,
        "PLAYLIST_TRACING_SAMPLING_RATIO": "1",
    } | more


def ask(server: Server, method: str, path: str, body: bytes | None = None, **headers: str) -> http.client.HTTPResponse:
    connection = server.connect()
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    response.read()
    return response


def metrics_of(server: Server) -> str:
    connection = server.connect()
    connection.request("GET", "/metrics")
    return connection.getresponse().read().decode()


def test_answer_is_named_and_described_as_http_is_by_convention() -> None:
    found = span(ANSWERED)

    assert found.name == "POST /api/recommend"
    assert found.kind == Span.SPAN_KIND_SERVER
    assert attributes(found) == {
        "http.request.method": "POST",
        "http.route": "/api/recommend",
        "http.response.status_code": 200,
        "url.scheme": "http",
        "url.path": "/music/api/recommend",
        "playlist.source": "rule",
        "playlist.model_id": "20261121T100000Z-abc",
        "playlist.request_id": "seven",
    }
    assert (found.start_time_unix_nano, found.end_time_unix_nano) == (NOW_NS - 250_000_000, NOW_NS)
    assert found.status.code == Status.STATUS_CODE_UNSET


def test_failure_of_the_server_is_an_error_and_one_of_the_client_is_none() -> None:
    failed, refused = (span(ANSWERED._replace(status=status)) for status in (503, 422))

    assert (failed.status.code, attributes(failed)["error.type"]) == (Status.STATUS_CODE_ERROR, "503")
    assert refused.status.code == Status.STATUS_CODE_UNSET
    assert "error.type" not in attributes(refused)


def test_strange_methods_and_paths_give_few_names() -> None:
    found = span(ANSWERED._replace(method="FROB", route=None, path="/nowhere\ud800" + "x" * 500))

    assert found.name == "HTTP"
    assert attributes(found)["http.request.method"] == "_OTHER"
    assert attributes(found)["http.request.method_original"] == "FROB"
    assert attributes(found)["url.path"] == "/nowhere?" + "x" * 191
    assert "http.route" not in attributes(found)


def test_span_without_a_parent_begins_a_trace_of_its_own() -> None:
    one, other = span(ANSWERED), span(ANSWERED)

    assert (len(one.trace_id), len(one.span_id), one.parent_span_id) == (16, 8, b"")
    assert len({one.trace_id, other.trace_id}) == len({one.span_id, other.span_id}) == 2
    assert one.flags == 0x101


def test_span_with_a_parent_belongs_to_its_trace() -> None:
    found = span(ANSWERED._replace(traceparent=SAMPLED))

    assert (found.trace_id.hex(), found.parent_span_id.hex()) == (TRACE, PARENT)
    assert found.flags == 0x301


def test_reloads_are_spans_and_failed_ones_say_why() -> None:
    when = datetime(2026, 11, 21, tzinfo=UTC)
    loaded = span(Reload(when, "new", 0.5))
    failed = span(Reload(when, "old", error="current.json: not JSON"))

    assert (loaded.name, loaded.kind, attributes(loaded)) == (
        "load model",
        Span.SPAN_KIND_INTERNAL,
        {"playlist.model_id": "new"},
    )
    assert loaded.end_time_unix_nano - loaded.start_time_unix_nano == 500_000_000
    assert (failed.status.code, failed.status.message) == (Status.STATUS_CODE_ERROR, "current.json: not JSON")


@pytest.mark.parametrize(
    ("traceparent", "ratio", "expected"),
    [(SAMPLED, 0.0, 50), (NOT_SAMPLED, 1.0, 0), (f"{SAMPLED[:-2]}ff", 0.0, 50), (None, 0.0, 0), (None, 1.0, 50)],
)
def test_caller_decides_what_is_sampled_and_else_the_ratio(
    traceparent: str | None, ratio: float, expected: int
) -> None:
    answered = ANSWERED._replace(traceparent=traceparent)

    assert sum(is_sampled(answered, ratio) for _ in range(50)) == expected


def test_ratio_is_the_share_of_requests() -> None:
    assert 400 < sum(is_sampled(ANSWERED, 0.25) for _ in range(2000)) < 600


def test_every_answer_of_a_server_is_a_span(start: Start, publish: Publish, collected: Recorder) -> None:
    model_id = publish()
    server = start(**traced(collected, PLAYLIST_TRACING_HEADERS="Authorization=Basic%20abc,x-tenant=a=b"))

    ask(server, "POST", "/api/recommend", BODY, traceparent=SAMPLED)
    ask(server, "POST", "/api/recommend", BODY, traceparent=NOT_SAMPLED)
    ask(server, "POST", "/api/recommend", b'{"songs": ["Greensleeves"], "explain": true}')
    refused = ask(server, "POST", "/api/recommend", b"{")
    ask(server, "GET", "/api/version?q=private")
    ask(server, "GET", "/livez")
    server.exchange(b"nonsense\r\n\r\n")
    wait_until(lambda: bool(collected.named("GET /api/version")))
    wait_until(lambda: f'playlist_spans_total{{outcome="sent"}} {len(collected.spans)}.0' in metrics_of(server))
    server.stop()

    hot, by_flask, bad = sorted(collected.named("POST /api/recommend"), key=lambda found: found.start_time_unix_nano)
    assert (hot.trace_id.hex(), hot.parent_span_id.hex()) == (TRACE, PARENT)
    for found in (hot, by_flask):
        assert attributes(found)["playlist.source"] in {"rule", "mixed"}
        assert attributes(found)["playlist.model_id"] == model_id
    assert attributes(bad)["http.response.status_code"] == 400
    assert attributes(bad)["playlist.request_id"] == refused.headers["X-Request-ID"]
    # A probe is recorded, as it is logged, only where it fails: here before there was a model.
    assert {found.name for found in collected.spans} - {"GET /readyz"} == {
        "POST /api/recommend",
        "GET /api/version",
        "load model",
    }
    assert {attributes(found)["http.response.status_code"] for found in collected.named("GET /readyz")} <= {503}
    assert "private" not in str(collected.requests)
    (loaded,) = collected.named("load model")
    assert attributes(loaded)["playlist.model_id"] == model_id
    assert set(collected.paths) == {"/v1/traces"}
    assert collected.headers[0]["authorization"] == "Basic abc"
    assert collected.headers[0]["x-tenant"] == "a=b"
    resource = attributes(iter(collected.requests[0].resource_spans[0].resource.attributes))
    assert resource.keys() == {"service.name", "service.version", "service.instance.id"}
    assert resource["service.name"] == "playlist-api"


def test_collector_that_never_answers_holds_up_neither_answers_nor_the_end(
    start: Start, publish: Publish, collected: Recorder
) -> None:
    publish()
    collected.holds.clear()
    server = start(**traced(collected))
    ask(server, "POST", "/api/recommend", BODY)
    wait_until(lambda: bool(collected.paths))

    answers = [ask(server, "POST", "/api/recommend", BODY).status for _ in range(20)]
    ended = server.stop()

    # It is still held: nothing above waited for it.
    assert not collected.holds.is_set()
    assert (answers, ended) == ([200] * 20, 0)
    assert [line["level"] for line in server.lines() if "spans" in str(line["message"])] == ["warning"]


def test_outage_is_told_of_once_and_so_is_its_end(
    write: Callable[..., SpanWriter], collected: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    collected.status = 503
    writer = write(collected.url)
    writer.note_answer(ANSWERED)
    wait_until(lambda: len(collected.paths) > 3)

    collected.status = 200
    wait_until(lambda: bool(collected.spans))
    writer.note_answer(ANSWERED)
    wait_until(lambda: len(collected.spans) == 2)

    # What could not be sent was kept.
    assert [record.getMessage() for record in caplog.records] == [
        f"{collected.url} takes no spans: status 503 Service Unavailable; trying again every 0.05 s, up to 4096 wait",
        f"{collected.url} takes spans again; 0 were lost",
    ]
    assert writer.counts == {"sent": 2, "lost": 0}


def test_collector_that_is_away_gets_what_waited_once_it_is_back(
    write: Callable[..., SpanWriter], caplog: pytest.LogCaptureFixture
) -> None:
    collected = recorder()
    with collected.listening():
        pass  # its port is known now, and nobody listens there
    writer = write(collected.url)
    writer.note_reload(Reload(datetime.now(UTC), "one", 0.1))
    wait_until(lambda: bool(caplog.records))

    with collected.listening():
        wait_until(lambda: bool(collected.spans))

    assert "Connection refused" in caplog.records[0].getMessage()
    assert collected.spans[0].name == "load model"


def test_what_a_collector_will_never_take_is_lost_and_counted(
    write: Callable[..., SpanWriter], collected: Recorder
) -> None:
    collected.status = 404
    writer = write(collected.url)
    writer.note_answer(ANSWERED)
    wait_until(lambda: writer.counts["lost"] == 1)

    collected.status, collected.refused = 200, 1
    for _ in range(3):
        writer.note_answer(ANSWERED)
    wait_until(lambda: writer.counts["sent"] == 2)

    assert writer.counts == {"sent": 2, "lost": 2}


def test_spans_wait_up_to_a_bound(
    write: Callable[..., SpanWriter], collected: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(span_writer, "_MOST_WAITING", 10)
    collected.holds.clear()
    writer = write(collected.url)
    writer.note_answer(ANSWERED)
    wait_until(lambda: bool(collected.paths))

    for _ in range(15):
        writer.note_answer(ANSWERED)
    assert writer.counts["lost"] == 5
    collected.holds.set()
    wait_until(lambda: writer.counts["sent"] == 11)


def test_what_no_span_can_be_made_of_does_not_end_the_thread(
    write: Callable[..., SpanWriter], collected: Recorder
) -> None:
    writer = write(collected.url)

    writer.note_answer(ANSWERED._replace(status="bad"))  # type: ignore[arg-type]
    writer.note_answer(ANSWERED._replace(duration_s=0.5))
    wait_until(lambda: writer._is_away)
    writer.note_answer(ANSWERED)

    wait_until(lambda: len(collected.spans) >= 1)


def test_without_traces_nothing_of_them_is_imported(environ: dict[str, str]) -> None:
    code = (
        "import sys; from playlist_api.server.worker import make_app; make_app();"
        "print([name for name in sys.modules if name.startswith(('opentelemetry', 'google', 'playlist_api.tracing'))])"
    )
    script = f"import logging; logging.basicConfig(); {code}"
    done = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_traces_need_an_endpoint(start: Start) -> None:
    server = start(PLAYLIST_TRACING_ENABLED="true")

    assert server.process.returncode == 64
    assert "there is no api.tracing.endpoint / PLAYLIST_TRACING_ENDPOINT" in server.log.read_text()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("http://collector:4318", "http://collector:4318"),
        ("https://otlp.example/otlp/", "https://otlp.example/otlp"),
        ("http://collector:4318/v1/traces", "http://collector:4318/v1/traces"),
        ("http://[::1]:4318", "http://[::1]:4318"),
        ("https://collector_1.example.", "https://collector_1.example."),
        ("", ""),
    ],
)
def test_endpoint_may_have_a_path(given: str, expected: str) -> None:
    settings = from_environ(Settings, {"PLAYLIST_TRACING_ENDPOINT": given})

    assert settings.tracing_endpoint == expected


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("ENDPOINT", "collector:4318"),
        ("ENDPOINT", "http://user:secret@collector"),
        ("ENDPOINT", "http://collector?key=secret"),
        ("ENDPOINT", "http://coll ector:4318"),
        ("ENDPOINT", "http://*"),
        ("ENDPOINT", "http://x\\y"),
        ("ENDPOINT", "http://collector:0"),
        ("HEADERS", "secret"),
        ("HEADERS", "a b=secret"),
        ("HEADERS", "a=secret%0A"),
        ("HEADERS", "Content-Length=3"),
        ("HEADERS", "a=b,transfer-encoding=secret"),
    ],
)
def test_wrong_settings_are_refused_and_not_repeated(name: str, given: str) -> None:
    with pytest.raises(SettingsError, match=f"PLAYLIST_TRACING_{name} can't be used, expected") as raised:
        from_environ(Settings, {f"PLAYLIST_TRACING_{name}": given})

    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(("endpoint", "port"), [("http://[::1]", 80), ("https://[2001:db8::1]", 443)])
def test_ipv6_endpoint_needs_no_port(endpoint: str, port: int) -> None:
    connection = Collector(endpoint, {}, {})._connection(1)

    assert (f"[{connection.host}]", connection.port) == (endpoint.partition("//")[2], port)


def test_headers_for_the_collector_are_not_shown_with_the_settings() -> None:
    settings = from_environ(Settings, {"PLAYLIST_TRACING_HEADERS": "authorization=secret"})

    assert dict(settings.tracing_headers) == {"authorization": "secret"}
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(("said", "lost"), [(-5, 0), (10**12, 2)])
def test_collector_can_refuse_no_more_than_it_got(
    write: Callable[..., SpanWriter], collected: Recorder, said: int, lost: int
) -> None:
    collected.refused = said
    writer = write(collected.url)
    writer.note_answer(ANSWERED)
    writer.note_answer(ANSWERED)

    wait_until(lambda: sum(writer.counts.values()) == 2)

    assert writer.counts == {"sent": 2 - lost, "lost": lost}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"SSH-2.0-OpenSSH_9\r\n", r"not an HTTP answer: SSH-2.0-OpenSSH_9"),
        (b"HTTP/1.1 500 bad\rlevel=critical\x1b[31m\r\n\r\n", r"status 500 bad\rlevel=critical\x1b[31m"),
        (b"HTTP/1.1 500 " + b"x" * 60_000 + b"\r\n\r\n", f"status 500 {'x' * 200}"),
        (b"HTTP/1.1 200 OK\r\n\r\n", ""),
    ],
)
def test_what_a_collector_says_is_shown_on_one_line_and_short(said: bytes, words: str) -> None:
    with _saying(said) as endpoint:
        if words:
            with pytest.raises(ExportError) as raised:
                Collector(endpoint, {}, {}).send(b"spans", 10)
            assert str(raised.value) == words
        else:
            assert Collector(endpoint, {}, {}).send(b"spans", 10) == 0


@pytest.mark.parametrize(
    "drop", [b"HTTP/1.1 100 Continue\r\n\r\n", b"H", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: y\r\n"]
)
def test_collector_that_answers_by_drops_is_given_up(drop: bytes) -> None:
    with _saying(drop, b"\r" if drop == b"H" else drop[-4:] if drop.startswith(b"HTTP/1.1 2") else drop) as endpoint:
        with pytest.raises(ExportError, match=r"no whole answer within 0\.5 s") as raised:
            Collector(endpoint, {}, {}).send(b"spans", 0.5)
        assert raised.value.is_transient


@contextmanager
def _saying(first: bytes, drop: bytes = b"") -> Iterator[str]:
    """Run a collector that says something whatever it is sent, and then a drop after the other, or ends."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection, suppress(OSError):
                received = b""
                while not received.endswith(b"spans"):
                    received += connection.recv(65536)
                connection.sendall(first)
                while drop:
                    time.sleep(0.1)
                    connection.sendall(drop)

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


def test_collector_may_say_when_it_wants_spans_again(collected: Recorder) -> None:
    for said, wanted in (("7", 7.0), ("9999999", 60.0), ("soon", None), ("", None)):
        collected.status, collected.retry_after = 429, said
        with pytest.raises(ExportError) as raised:
            Collector(collected.url, {}, {}).send(gzip.compress(b""), 10)
        assert (raised.value.retry_s, raised.value.is_transient) == (wanted, True)


def test_collector_that_comes_and_goes_is_told_of_once(
    write: Callable[..., SpanWriter], collected: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    writer = write(collected.url)
    for count in range(1, 4):
        collected.status = 503
        writer.note_answer(ANSWERED)
        wait_until(lambda: writer._is_away)
        collected.status = 200
        wait_until(lambda count=count: len(collected.spans) == count and not writer._is_away)  # type: ignore[misc]

    assert len(caplog.records) == 2


def test_long_path_waits_for_its_span_cut(start: Start, publish: Publish, collected: Recorder) -> None:
    publish()
    server = start(**traced(collected))

    ask(server, "GET", f"/{'x' * 20_000}", traceparent=SAMPLED)
    wait_until(lambda: bool(collected.named("GET")))

    assert attributes(collected.named("GET")[0])["url.path"] == f"/{'x' * 199}"


def test_outage_that_lasts_is_told_of_though_another_one_was_just_over(
    write: Callable[..., SpanWriter],
    collected: Recorder,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(span_writer, "_SILENT_S", 4.0)
    writer = write(collected.url)
    for status in (503, 200, 503):
        collected.status = status
        writer.note_answer(ANSWERED)
        wait_until(lambda status=status: writer._is_away == (status == 503))  # type: ignore[misc]
    assert len(caplog.records) == 2

    wait_until(lambda: len(caplog.records) == 3)

    assert "takes no spans" in caplog.records[2].getMessage()
