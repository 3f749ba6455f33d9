"""Datasets in object stores: against a stand-in everywhere, and against a real S3 server where there is one."""

import gzip
import io
import json
import logging
import os
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from libs.model.tests import real_s3

from playlist_model import FolderStore
from playlist_trainer.dataset.address import Dataset, fetch
from playlist_trainer.errors import DatasetError, DatasetUnavailableError, SettingError, TrainerError
from playlist_trainer.pipeline import learned_by_engine
from playlist_trainer.reconcile import reconcile
from playlist_trainer.settings import Settings
from playlist_trainer.spark.learning import learned_by
from playlist_trainer.timings import StageTimer

from .fake_spark import FakeSession
from .http_origin import BODY, Answer, NewOrigin, Origin
from .object_stores import BUCKET, RealStore, StandIn, Store, environment_of
from .spark_cases import assert_equal
from .test_download_secrets import told

OTHER = b"pid,track_name\n1,Etude\n1,Waltz\n"
STORE_VARIABLES = ("AWS_", "AZURE_", "GOOGLE_")


def slice_of(*songs: str) -> bytes:
    tracks = [{"track_name": song} for song in songs]
    return json.dumps({"playlists": [{"pid": 1, "name": "p", "tracks": tracks}]}).encode()


@pytest.fixture
def clean(bare_environment: None, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in list(os.environ):
        if name.startswith(STORE_VARIABLES):
            monkeypatch.delenv(name)
    return monkeypatch


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str | None]:
    if not real_s3.is_there():
        yield None
        return
    with real_s3.running(tmp_path_factory.mktemp("s3"), BUCKET) as url:
        yield url


@pytest.fixture
def stand_in(origin: Origin, clean: pytest.MonkeyPatch) -> StandIn:
    store = StandIn(origin)
    for name, value in environment_of(store).items():
        clean.setenv(name, value)
    return store


@pytest.fixture(params=["stand-in", "versitygw"])
def store(request: pytest.FixtureRequest, clean: pytest.MonkeyPatch) -> Store:
    if request.param == "stand-in":
        found: StandIn = request.getfixturevalue("stand_in")
        return found
    url = request.getfixturevalue("server")
    if url is None:
        pytest.skip(real_s3.MISSING)
    real = RealStore(url)
    for name, value in environment_of(real).items():
        clean.setenv(name, value)
    return real


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        model_dir=tmp_path / "models", min_support=1, evaluation=False, retries=0, connect_timeout_s=5, read_timeout_s=5
    )


@pytest.fixture
def scratch(tmp_path: Path) -> Callable[[], Path]:
    """Make a new empty folder at each call."""
    made: list[Path] = []

    def make() -> Path:
        made.append(tmp_path / f"scratch-{len(made)}")
        made[-1].mkdir()
        return made[-1]

    return make


Scratch = Callable[[], Path]


def fetched(settings: Settings, scratch: Path) -> Dataset:
    found = fetch(settings, scratch)
    assert found is not None
    return found


def test_object_arrives_whole_and_is_learned_from(store: Store, settings: Settings) -> None:
    url = store.put("data/playlists.csv", BODY)

    said = reconcile(replace(settings, dataset_url=url))

    assert said.startswith("published model")
    manifest = FolderStore(settings.model_dir).load_current().manifest
    assert manifest.dataset["url"] == f"s3://{BUCKET}/data/playlists.csv"
    assert manifest.dataset["bytes"] == len(BODY)


@pytest.mark.parametrize("key", ["a b.csv", "a%20b.csv", "ü/é.csv", "a+b=c,d&e.csv", "~x.csv", "a#b?c.csv", "'q'.csv"])
def test_key_may_hold_any_character_percent_encoded(
    store: Store, settings: Settings, scratch: Scratch, key: str
) -> None:
    store.put("a", OTHER)
    url = store.put(key, BODY)

    found = fetched(replace(settings, dataset_url=url), scratch())

    assert found.paths[0].read_bytes() == BODY
    assert found.source.url == url


def test_unchanged_object_is_not_fetched_again(store: Store, settings: Settings, scratch: Scratch) -> None:
    wanted = replace(settings, dataset_url=store.put("known.csv", BODY))
    first = fetched(wanted, scratch())

    assert fetch(wanted, scratch(), first.source) is None
    store.put("known.csv", OTHER)
    changed = fetch(wanted, scratch(), first.source)

    assert changed is not None
    assert changed.paths[0].read_bytes() == OTHER


def test_slices_below_a_prefix_are_one_dataset_the_same_as_in_a_folder(
    store: Store, settings: Settings, scratch: Scratch, tmp_path: Path
) -> None:
    folder = tmp_path / "slices"
    folder.mkdir()
    for name, content in {"b.json": slice_of("B"), "a.json": slice_of("A"), "c.json": slice_of("C")}.items():
        (folder / name).write_bytes(content)
        store.put(f"mpd/{name}", content)
    for stray in ("mpd/readme.txt", "mpd/._a.json", "mpd2/x.json"):
        store.put(stray, b"{}")

    found = fetched(replace(settings, dataset_url=f"s3://{BUCKET}/mpd/"), scratch())
    local = fetched(replace(settings, dataset_url=str(folder)), scratch())

    assert [path.name for path in found.paths] == ["a.json", "b.json", "c.json"]
    assert [path.read_bytes() for path in found.paths] == [slice_of("A"), slice_of("B"), slice_of("C")]
    assert (found.source.sha256, found.source.byte_count) == (local.source.sha256, local.source.byte_count)
    assert found.kind == "json"


@pytest.mark.parametrize("name", ["part-{}.csv", "deep/part-{}.parquet"])
def test_files_of_one_kind_below_a_prefix_are_one_dataset(
    store: Store, settings: Settings, scratch: Scratch, name: str
) -> None:
    for number in range(3):
        rows = pl.DataFrame({"pid": [str(number)] * 2, "track_name": ["A", f"B{number}"]})
        file = io.BytesIO()
        rows.write_parquet(file) if name.endswith("parquet") else rows.write_csv(file)
        store.put(f"files/{name.format(number)}", file.getvalue())
    store.put("files/_SUCCESS", b"")

    reconcile(replace(settings, dataset_url=f"s3://{BUCKET}/files/"))

    dataset = FolderStore(settings.model_dir).load_current().manifest.dataset
    assert (dataset["rows"], dataset["playlists"], dataset["songs"]) == (6, 3, 4)


def test_executors_fetch_what_one_machine_would_and_nothing_twice(
    store: Store, settings: Settings, scratch: Scratch, clean: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        store.put(f"parts/{number}.csv", BODY.replace(b"1,", f"{number},".encode()))
    wanted = replace(settings, dataset_url=f"s3://{BUCKET}/parts/")
    clean.setattr("playlist_trainer.spark.objects.session", lambda _settings: FakeSession())

    by_one = fetched(wanted, scratch())
    by_spark = fetched(replace(wanted, engine="spark"), scratch())

    assert by_spark.paths == ()
    assert replace(by_spark.source, checked_at="") == replace(by_one.source, checked_at="")
    clean.setattr("playlist_trainer.spark.objects.session", None)  # not asked for
    assert fetch(replace(wanted, engine="spark"), scratch(), by_spark.source) is None
    expected = learned_by_engine(by_one, wanted, StageTimer(), scratch())
    assert_equal(learned_by(FakeSession(), by_spark, wanted, StageTimer(), scratch()), expected)  # type: ignore[arg-type]


def test_one_object_is_read_by_an_executor_too(
    server: str | None, settings: Settings, scratch: Scratch, clean: pytest.MonkeyPatch
) -> None:
    if server is None:
        pytest.skip(real_s3.MISSING)
    store = RealStore(server)
    for name, value in environment_of(store).items():
        clean.setenv(name, value)
    wanted = replace(settings, dataset_url=store.put("one.csv", BODY), engine="spark")
    clean.setattr("playlist_trainer.spark.objects.session", lambda _settings: FakeSession())

    found = fetched(wanted, scratch())

    assert found.source.byte_count == len(BODY)
    assert fetch(wanted, scratch(), found.source) is None


def test_object_that_changed_after_it_was_listed_is_not_learned_from(
    stand_in: StandIn, settings: Settings, scratch: Scratch, clean: pytest.MonkeyPatch
) -> None:
    stand_in.put("changing/a.csv", BODY)
    wanted = replace(settings, dataset_url=f"s3://{BUCKET}/changing/", engine="spark")

    def changed(_settings: Settings) -> FakeSession:
        stand_in.put("changing/a.csv", OTHER)
        return FakeSession()

    clean.setattr("playlist_trainer.spark.objects.session", changed)

    with pytest.raises(DatasetUnavailableError, match=r"changing/a\.csv changed while it was read: try again later"):
        fetch(wanted, scratch())


def test_slices_in_folders_and_packed_ones_are_learned_from(store: Store, settings: Settings) -> None:
    for number, songs in enumerate([("A", "B"), ("A", "B", "C")]):
        packed = gzip.compress(slice_of(*songs).replace(b'"pid": 1', b'"pid": %d' % number), mtime=0)
        store.put(f"packed/{number}/x.json.gz", packed)

    reconcile(replace(settings, dataset_url=f"s3://{BUCKET}/packed/"))

    model = FolderStore(settings.model_dir).load_current()
    assert sorted(model.songs.names) == ["A", "B", "C"]
    assert model.manifest.dataset["playlists"] == 2


def test_unchanged_slices_are_not_fetched_again_and_a_changed_one_is_noticed(
    store: Store, settings: Settings, scratch: Scratch
) -> None:
    for name in "ab":
        store.put(f"look/{name}.json", slice_of(name))
    wanted = replace(settings, dataset_url=f"s3://{BUCKET}/look/")
    first = fetched(wanted, scratch())

    assert fetch(wanted, scratch(), first.source) is None
    store.put("look/b.json", slice_of("z"))
    changed = fetch(wanted, scratch(), first.source)

    assert changed is not None
    assert changed.source.sha256 != first.source.sha256


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"s3://{BUCKET}/no/such.csv", f"no object 'no/such.csv' in the bucket {BUCKET}"),
        (f"s3://{BUCKET}/none/", "no .json or .json.gz slices among 0 objects"),
        ("s3://no-such-bucket/x.csv", "in the bucket no-such-bucket|no bucket no-such-bucket"),
        ("s3://no-such-bucket/x/", "in the bucket no-such-bucket|no bucket no-such-bucket"),
        (f"s3://{BUCKET}/a//b.csv", "a key that can't be asked for"),
        (f"s3://{BUCKET}/../b.csv", "a key that can't be asked for"),
        (f"s3://{BUCKET}/a%00b.csv", "a key that can't be asked for"),
    ],
)
def test_what_is_not_there_is_named(store: Store, settings: Settings, scratch: Scratch, url: str, said: str) -> None:
    with pytest.raises(DatasetError, match=said) as raised:
        fetch(replace(settings, dataset_url=url, retries=3), scratch())

    assert raised.value.exit_code == 64
    assert "dataset.url" in str(raised.value)


@pytest.mark.parametrize("address", ["x.csv", "slices/"])
def test_wrong_credentials_are_forbidden_and_not_shown(
    store: Store, settings: Settings, scratch: Scratch, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    store.put("x.csv", BODY)
    if isinstance(store, StandIn):
        for path in ("/x.csv", ""):
            store.origin.script(f"/{BUCKET}{path}", Answer(403, {}, b"<Error><Code>hunter2</Code></Error>"))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2wrong")

    with pytest.raises(DatasetError, match=rf"^s3://{BUCKET}/{address} is forbidden: .*AWS_ACCESS_KEY_ID") as raised:
        fetch(replace(settings, dataset_url=f"s3://{BUCKET}/{address}"), scratch())

    assert "hunter2" not in told(raised.value)


def test_bucket_whose_name_is_too_short_is_said_to_be(scratch: Scratch, settings: Settings) -> None:
    with pytest.raises(SettingError, match=r"\(the bucket's name is too short: 1 character, expected at least 2\)"):
        fetch(replace(settings, dataset_url="s3://b/x"), scratch())


@pytest.mark.parametrize("address", ["big.json", "many/"])
def test_dataset_over_the_limit_is_refused_and_leaves_nothing(
    store: Store, settings: Settings, scratch: Scratch, address: str
) -> None:
    store.put("big.json", b"x" * 100)
    for name in "ab":
        store.put(f"many/{name}.json", b"x" * 50)
    folder = scratch()

    with pytest.raises(DatasetError, match="has at least 100 bytes, over the limit of 99"):
        fetch(replace(settings, dataset_url=f"s3://{BUCKET}/{address}", max_dataset_bytes=99), folder)

    assert list(folder.iterdir()) == []


# What a stand-in alone can show


def test_unchanged_training_makes_one_request_and_none_when_its_bytes_are_pinned(
    stand_in: StandIn, settings: Settings
) -> None:
    wanted = replace(settings, dataset_url=stand_in.put("x.csv", BODY))
    reconcile(wanted)
    sha256 = FolderStore(settings.model_dir).load_current().manifest.dataset["sha256"]

    assert "nothing to do" in reconcile(wanted)
    assert [each.headers.get("if-none-match") for each in stand_in.origin.requests] == [None, stand_in.etag("x.csv")]
    assert "nothing to do" in reconcile(replace(wanted, dataset_sha256=str(sha256)))
    assert len(stand_in.origin.requests) == 2


def test_object_without_an_etag_is_fetched_again(stand_in: StandIn, settings: Settings, scratch: Scratch) -> None:
    url = stand_in.put("x.csv", BODY)
    stand_in.origin.script(f"/{BUCKET}/x.csv", Answer(200, {"Last-Modified": "Thu, 26 Nov 2026 15:26:54 GMT"}, BODY))
    wanted = replace(settings, dataset_url=url)
    first = fetched(wanted, scratch())

    assert first.source.etag is None
    assert fetch(wanted, scratch(), first.source) is not None


def test_etag_of_another_store_is_not_sent(
    stand_in: StandIn, settings: Settings, scratch: Scratch, new_origin: NewOrigin, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = replace(settings, dataset_url=stand_in.put("x.csv", BODY))
    first = fetched(wanted, scratch())
    other = StandIn(new_origin())
    other.put("x.csv", BODY)
    monkeypatch.setenv("AWS_ENDPOINT_URL", other.url)

    fetch(wanted, scratch(), first.source)

    assert [each.headers.get("if-none-match") for each in other.origin.requests] == [None]


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_what_may_pass_is_tried_again(stand_in: StandIn, settings: Settings, scratch: Scratch, status: int) -> None:
    url = stand_in.put("x.csv", BODY)
    stand_in.origin.script(f"/{BUCKET}/x.csv", Answer(status), Answer(200, stand_in.headers("x.csv"), BODY))

    assert fetched(replace(settings, dataset_url=url, retries=1), scratch()).paths[0].read_bytes() == BODY

    stand_in.origin.script(f"/{BUCKET}/x.csv", Answer(status))
    with pytest.raises(DatasetUnavailableError, match=rf"answered {status}: try again later \(attempt 1 of 1\)"):
        fetch(replace(settings, dataset_url=url), scratch())


def test_transfer_that_broke_off_is_resumed(stand_in: StandIn, settings: Settings, scratch: Scratch) -> None:
    url = stand_in.put("x.csv", BODY)
    whole = stand_in.origin._routes[f"/{BUCKET}/x.csv"]
    cuts = iter([9, None])
    stand_in.origin.route(f"/{BUCKET}/x.csv", lambda request: replace(whole(request), cut_after=next(cuts)))

    found = fetched(replace(settings, dataset_url=url, retries=1), scratch())

    assert found.paths[0].read_bytes() == BODY
    assert [each.headers.get("range") for each in stand_in.origin.requests] == [None, "bytes=9-"]
    assert stand_in.origin.requests[1].headers["if-match"] == stand_in.etag("x.csv")


def test_object_that_changed_while_it_was_fetched_is_begun_anew(
    stand_in: StandIn, settings: Settings, scratch: Scratch
) -> None:
    url = stand_in.put("x.csv", BODY)
    whole = stand_in.origin._routes[f"/{BUCKET}/x.csv"]

    def changing(request: object) -> Answer:
        answer = replace(whole(request), cut_after=22)  # type: ignore[arg-type]
        stand_in.put("x.csv", OTHER)
        return answer

    stand_in.origin.route(f"/{BUCKET}/x.csv", changing)

    found = fetched(replace(settings, dataset_url=url, retries=2), scratch())

    assert found.paths[0].read_bytes() == OTHER


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            Answer(200, {"Last-Modified": "Thu, 26 Nov 2026 15:26:54 GMT"}, BODY, silent_s=30),
            "was silent for too long, or too slow",
        ),
        (
            Answer(200, {"Last-Modified": "Thu, 26 Nov 2026 15:26:54 GMT"}, BODY, cut_after=9),
            "ended an answer",
        ),
        (Answer(200, {"Last-Modified": "Thu, 26 Nov 2026 15:26:54 GMT"}, BODY, trickle_s=0.1), "too slow"),
    ],
    ids=["silent", "cut", "trickle"],
)
def test_store_that_stops_or_trickles_is_left(
    stand_in: StandIn, settings: Settings, scratch: Scratch, answer: Answer, said: str
) -> None:
    url = stand_in.put("x.csv", BODY)
    stand_in.origin.script(f"/{BUCKET}/x.csv", answer)
    folder = scratch()

    with pytest.raises(DatasetUnavailableError, match=said) as raised:
        fetch(replace(settings, dataset_url=url, read_timeout_s=0.3, deadline_s=0.8), folder)

    assert raised.value.exit_code == 1
    assert list(folder.iterdir()) == []


def test_store_that_is_away_may_pass(
    settings: Settings, scratch: Scratch, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")

    with pytest.raises(DatasetUnavailableError, match=r"s3://b2b/k can't be read: the store refused the connection"):
        fetch(replace(settings, dataset_url="s3://b2b/k"), scratch())


def test_missing_credentials_are_a_wrong_setting(
    settings: Settings, scratch: Scratch, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1")

    with pytest.raises(SettingError, match="no credentials for s3://b2b/k: set AWS_ACCESS_KEY_ID"):
        fetch(replace(settings, dataset_url="s3://b2b/k"), scratch())


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AWS_ENDPOINT_URL", "http://me:hunter2@127.0.0.1:1", "has a user, a password or a query"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1/?token=hunter2", "has a user, a password or a query"),
        ("AWS_ENDPOINT_URL", "http://me:hunter2@[", "is not an address"),
        ("AWS_ENDPOINT_URL", "http://me:hunter2\uff1f@host", "is not an address"),
        ("AWS_ENDPOINT", "hunter2", "is not an address"),
        ("AWS_ALLOW_HTTP", "", "is an http address, without encryption: set AWS_ALLOW_HTTP=true"),
        ("AWS_PROXY_URL", "http://me:hunter2@[", "can't be opened"),
        ("AWS_PROXY_URL", "http://me:hunter2@127.0.0.1:1", "no connection|refused the connection"),
    ],
)
def test_odd_environment_is_named_without_its_secrets(
    settings: Settings,
    scratch: Scratch,
    stand_in: StandIn,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    name: str,
    value: str,
    said: str,
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(TrainerError, match=said) as raised:
        fetch(replace(settings, dataset_url="s3://b2b/k"), scratch())

    assert "hunter2" not in told(raised.value)
    assert "hunter2" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    "url",
    [
        "s3://",
        "s3:///key",
        "s3://me:hunter2@bucket/key",
        "s3://bucket/key?X-Amz-Signature=hunter2",
        "s3://bucket/key#hunter2",
        "s3://bucket\uff1fhunter2/key",
        "gs://hunter2@bucket/key",
        "az://me:hunter2@account/key",
        "s3://bucket/a\nb.csv?hunter2",
    ],
)
def test_address_that_is_none_of_an_object_is_a_wrong_setting(settings: Settings, scratch: Scratch, url: str) -> None:
    with pytest.raises(SettingError, match=r"^dataset\.url / .* is not a usable address of an object") as raised:
        fetch(replace(settings, dataset_url=url), scratch())

    assert "hunter2" not in told(raised.value)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(400, {}, b"hunter2"),
        Answer(301, {"Location": "http://me:hunter2@127.0.0.1:1/x?token=hunter2"}),
        Answer(403, {}, b"hunter2"),
        Answer(404, {}, b"hunter2"),
        Answer(500, {}, b"hunter2"),
        Answer(raw=b"hunter2"),
    ],
)
def test_no_failure_tells_what_a_store_sent_or_was_sent(
    stand_in: StandIn, settings: Settings, scratch: Scratch, caplog: pytest.LogCaptureFixture, answer: Answer
) -> None:
    url = stand_in.put("x.csv", BODY)
    stand_in.origin.script(f"/{BUCKET}/x.csv", answer)

    with caplog.at_level(logging.DEBUG), pytest.raises(TrainerError) as raised:
        fetch(replace(settings, dataset_url=url, retries=1), scratch())

    assert "hunter2" not in told(raised.value)
    assert "hunter2" not in caplog.text


def test_headers_file_is_for_http_alone(
    stand_in: StandIn, settings: Settings, scratch: Scratch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    headers = tmp_path / "headers"
    headers.write_text("X-Token: hunter2\n")
    url = stand_in.put("x.csv", BODY)

    fetch(replace(settings, dataset_url=url, dataset_headers_file=headers), scratch())

    assert "are sent with http(s) requests only" in caplog.text
    assert not any("hunter2" in str(each.headers.get("x-token")) for each in stand_in.origin.requests)


def test_store_is_verified_by_the_ca_bundle(
    clean: pytest.MonkeyPatch, new_origin: NewOrigin, settings: Settings, scratch: Scratch, tmp_path: Path
) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("the openssl command makes the certificate")
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=CA:FALSE",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    store = StandIn(new_origin(context))
    for name, value in environment_of(store).items():
        clean.setenv(name, value)
    wanted = replace(settings, dataset_url=store.put("x.csv", BODY))

    with pytest.raises(DatasetError, match="has a certificate that can't be trusted"):
        fetch(wanted, scratch())
    with pytest.raises(SettingError, match=r"CA bundle /nowhere\.pem: No such file"):
        fetch(replace(wanted, dataset_ca_bundle=Path("/nowhere.pem")), scratch())

    assert fetched(replace(wanted, dataset_ca_bundle=certificate), scratch()).paths[0].read_bytes() == BODY


def test_google_cloud_storage_is_read(
    clean: pytest.MonkeyPatch, origin: Origin, settings: Settings, scratch: Scratch, tmp_path: Path
) -> None:
    account = tmp_path / "account.json"
    account.write_text(json.dumps({
        "gcs_base_url": origin.url, "disable_oauth": True, "client_email": "", "private_key": "", "private_key_id": "",
    }))  # fmt: skip
    clean.setenv("GOOGLE_SERVICE_ACCOUNT", str(account))
    clean.setenv("GOOGLE_ALLOW_HTTP", "true")
    store = StandIn(origin)
    store.put("x.csv", BODY)
    wanted = replace(settings, dataset_url=f"gs://{BUCKET}/x.csv")

    first = fetched(wanted, scratch())

    assert first.paths[0].read_bytes() == BODY
    assert fetch(wanted, scratch(), first.source) is None


def test_azure_is_read(clean: pytest.MonkeyPatch, origin: Origin, settings: Settings, scratch: Scratch) -> None:
    clean.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    clean.setenv("AZURE_STORAGE_ENDPOINT", origin.url)
    clean.setenv("AZURE_SKIP_SIGNATURE", "true")
    clean.setenv("AZURE_ALLOW_HTTP", "true")
    store = StandIn(origin)
    store.put("x.csv", BODY)
    wanted = replace(settings, dataset_url=f"az://{BUCKET}/x.csv")

    first = fetched(wanted, scratch())

    assert first.paths[0].read_bytes() == BODY
    assert fetch(wanted, scratch(), first.source) is None


@pytest.mark.parametrize("url", ["gs://bucket/x.csv", "az://container/x.csv"])
def test_other_clouds_without_settings_say_which_are_missing(
    clean: pytest.MonkeyPatch, settings: Settings, scratch: Scratch, url: str
) -> None:
    clean.setenv("GOOGLE_SERVICE_ACCOUNT", "/nowhere/hunter2.json")

    with pytest.raises(
        SettingError, match=r"can't be opened: .* set (GOOGLE_SERVICE_ACCOUNT|AZURE_STORAGE_ACC)"
    ) as raised:
        fetch(replace(settings, dataset_url=url), scratch())

    assert "hunter2" not in told(raised.value)
