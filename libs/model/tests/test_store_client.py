"""How a store is reached: certificates, plain HTTP, addresses and options of three clouds."""

import json
import os
import shutil
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from playlist_model import (
    Manifest,
    Rules,
    Songs,
    StoreChangedError,
    StoreOptions,
    StoreRefusedError,
    Training,
    open_store,
    writing,
)
from playlist_model.store.address import StoreAddress
from playlist_model.store.object_store import ObjectStore

from .s3_server import ACCESS_KEY, BUCKET, SECRET_KEY, serving

# A key of a kind that is sent as it is, to whatever endpoint.
GOOGLE = {"disable_oauth": True, "client_email": "", "private_key": "", "private_key_id": "", "gcs_base_url": ""}
AZURE = {"AZURE_STORAGE_ACCOUNT_NAME": "songs", "AZURE_STORAGE_ACCOUNT_KEY": "c2VjcmV0"}


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("AWS_", "AZURE_", "GOOGLE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a private authority (ca.pem), and a certificate for 127.0.0.1 that it signed (server.pem)."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("the openssl command makes the certificates")
    folder = tmp_path_factory.mktemp("authority")
    new = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    for words in (
        ["-subj", "/CN=Private CA", "-keyout", "ca.key", "-out", "ca.pem"],
        ["-subj", "/CN=store", "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=CA:FALSE",
         "-CA", "ca.pem", "-CAkey", "ca.key", "-keyout", "server.key", "-out", "server.pem"],
    ):  # fmt: skip
        subprocess.run([*new, *words], cwd=folder, check=True, capture_output=True)
    return folder


def _tls(authority: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "server.pem", authority / "server.key")
    return context


def test_a_server_is_trusted_by_the_authority_that_is_named(authority: Path, tmp_path: Path) -> None:
    with serving(_tls(authority)) as bucket:
        trusting = StoreOptions(bucket.url, ca_bundle=authority / "ca.pem", attempts=1)
        store = open_store(f"s3://{BUCKET}/prod", tmp_path, trusting)

        assert store.pointer_content() is None
        assert store.model_ids() == []
        with pytest.raises(StoreRefusedError, match=r"can't be trusted: name the authority.* modelStore\.caBundle"):
            open_store(f"s3://{BUCKET}/prod", tmp_path, StoreOptions(bucket.url, attempts=1)).pointer_content()


def test_large_uploads_trust_it_too(authority: Path, tmp_path: Path) -> None:
    file = tmp_path / "large.npy"
    file.write_bytes(bytes(300 * 1024))  # above what one request's usual time is enough for
    with serving(_tls(authority)) as bucket:
        options = StoreOptions(bucket.url, ca_bundle=authority / "ca.pem", attempts=1)
        store = open_store(f"s3://{BUCKET}/prod", tmp_path, options)
        assert isinstance(store, ObjectStore)

        store.bucket.upload("models/a/large.npy", file, is_new=True)

        assert len(bucket.objects["prod/models/a/large.npy"]) == 300 * 1024


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file"),
        (b"", "no certificate found"),
        (b"hunter2", "no certificate found"),
        (b"-----BEGIN CERTIFICATE-----\naHVudGVyMg==\n-----END CERTIFICATE-----\n", "no certificate found"),
    ],
)
def test_a_bundle_that_cant_be_used_is_refused_by_its_name(content: bytes | None, said: str, tmp_path: Path) -> None:
    bundle = tmp_path / "ca.crt"
    if content is not None:
        bundle.write_bytes(content)

    with pytest.raises(StoreRefusedError, match=rf"modelStore\.caBundle / .*{bundle}: {said}") as refused:
        open_store("s3://models", tmp_path, StoreOptions("https://minio.example", ca_bundle=bundle))

    assert "hunter2" not in str(refused.value)


def test_plain_http_is_used_only_when_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as bucket:
        with pytest.raises(StoreRefusedError, match=r"without encryption.*modelStore\.allowHttp"):
            open_store(f"s3://{BUCKET}", tmp_path, StoreOptions(bucket.url))
        # Nor by the client's own settings: these may be meant for the dataset's store.
        monkeypatch.setenv("AWS_ENDPOINT_URL", bucket.url)
        monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
        with pytest.raises(StoreRefusedError, match=r"at an http address.*modelStore\.allowHttp"):
            open_store(f"s3://{BUCKET}", tmp_path, StoreOptions(attempts=1)).pointer_content()
        assert bucket.requests == []

        assert open_store(f"s3://{BUCKET}", tmp_path, StoreOptions(allow_http=True)).pointer_content() is None
        assert bucket.requests == [("GET", "current.json")]


@pytest.mark.parametrize(
    ("text", "expected", "shown"),
    [
        ("s3://models", ("s3", "models", ""), "s3://models"),
        ("S3://models/a/b/", ("s3", "models", "a/b"), "s3://models/a/b"),
        ("gs://my_models.example/a%20b", ("gs", "my_models.example", "a b"), "gs://my_models.example/a%20b"),
        ("az://$root/prod", ("az", "$root", "prod"), "az://$root/prod"),
    ],
)
def test_addresses_of_three_clouds_are_taken_apart(text: str, expected: tuple[str, str, str], shown: str) -> None:
    address = StoreAddress.parse(text)

    assert (address.scheme, address.bucket, address.prefix) == expected
    assert address.public == shown


@pytest.mark.parametrize("scheme", ["s3", "gs", "az"])
def test_the_endpoint_is_asked_whichever_cloud_it_speaks_for(
    scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in AZURE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GOOGLE_SKIP_SIGNATURE", "true")

    with serving() as bucket:
        store = open_store(f"{scheme}://{BUCKET}/prod", tmp_path, StoreOptions(bucket.url, allow_http=True, attempts=1))
        assert store.pointer_content() is None
        (asked,) = bucket.requests

    assert asked == ("GET", "prod/current.json")


def test_publishing_keeps_to_the_conditions_of_googles_dialect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, training: Callable[[int], Training]
) -> None:
    monkeypatch.setenv("GOOGLE_SERVICE_ACCOUNT_KEY", json.dumps(GOOGLE))

    def publish(number: int) -> Manifest:
        with writing(machines[0], keep=1) as writer:
            return writer.publish(Songs.build([f"Song {number}"], [number]), Rules.build(1, []), training(number))

    with serving() as bucket:
        options = StoreOptions(bucket.url, allow_http=True, attempts=1)
        machines = [open_store(f"gs://{BUCKET}/prod", tmp_path / name, options) for name in ("a", "b", "c")]
        publish(1)
        with writing(machines[1]) as slower:
            second = publish(2)
            with pytest.raises(StoreChangedError):
                slower.point_at(second.model_id)

        assert machines[2].load_current().manifest == second
        assert machines[2].pointer_content() == machines[0].pointer_content()
        machines[2].pointer_content()
        assert bucket.statuses[-1] == 304
        assert not [key for key in bucket.objects if "/tmp/" in key]


def test_changes_keep_to_the_conditions_of_azures_dialect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in AZURE.items():
        monkeypatch.setenv(name, value)
    with serving() as server:
        store = open_store(f"az://{BUCKET}/prod", tmp_path, StoreOptions(server.url, allow_http=True, attempts=1))
        assert isinstance(store, ObjectStore)

        first = store.bucket.create("a", b"1")
        with pytest.raises(StoreChangedError):
            store.bucket.create("a", b"2")
        store.bucket.replace("a", b"3", first)
        with pytest.raises(StoreChangedError):
            store.bucket.replace("a", b"4", first)

        assert server.objects == {"prod/a": b"3"}


@pytest.mark.parametrize("scheme", ["gs", "az"])
def test_a_region_where_there_is_none_is_refused(scheme: str, tmp_path: Path) -> None:
    with pytest.raises(StoreRefusedError, match=rf"modelStore\.region .*{scheme}://models has no region"):
        open_store(f"{scheme}://models", tmp_path, StoreOptions(region="eu-central-1"))


@pytest.mark.parametrize("url", ["ftp://models/a", "s3a://models", "https://models/a", "minio://hunter2@models"])
def test_other_schemes_are_refused_with_those_there_are(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreRefusedError, match=r"expected s3://bucket/prefix, gs://.* or az://") as refused:
        open_store(url, tmp_path)

    assert "hunter2" not in str(refused.value)


def test_an_account_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreRefusedError, match="set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY"):
        open_store("az://models/prod", tmp_path)
