import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from playlist_model import (
    FORMAT_VERSION,
    Manifest,
    ModelDamagedError,
    ModelFormatError,
    Pointer,
    PointerError,
    Training,
    rfc3339,
)
from playlist_model.manifest import FileEntry


@pytest.fixture
def manifest(training: Callable[[int], Training]) -> Manifest:
    return Manifest.of("m-1", training(1), 9, {"song_names.npy": FileEntry(131, "ab", "|u1", (3,))})


def test_a_manifest_reads_what_it_wrote(manifest: Manifest) -> None:
    assert Manifest.parse(manifest.dump(), "m-1/manifest.json") == manifest


def test_a_manifest_tells_the_training_and_the_format(manifest: Manifest) -> None:
    written = json.loads(manifest.dump())

    assert written["format_version"] == FORMAT_VERSION
    assert written["model_id"] == "m-1"
    assert written["model_date"] == "2026-01-02T00:00:00.000Z"
    assert written["rule_count"] == 9
    assert written["dataset"]["playlists"] == 4
    assert written["evaluation"] == {"recall_at_10": 0.25}
    assert written["files"] == {"song_names.npy": {"bytes": 131, "sha256": "ab", "dtype": "|u1", "shape": [3]}}


def test_keys_that_a_later_writer_added_are_left_alone(manifest: Manifest) -> None:
    content = json.dumps(json.loads(manifest.dump()) | {"mood": "blue"}).encode()

    assert Manifest.parse(content, "m-1/manifest.json") == manifest


def test_text_of_any_script_stands_in_a_manifest_as_it_is(manifest: Manifest) -> None:
    written = replace(manifest, dataset={"url": "file:///données/日本.csv"})

    assert "données/日本" in written.dump().decode()
    assert Manifest.parse(written.dump(), "") == written


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_json_has_no_word_for_is_refused(manifest: Manifest, number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        replace(manifest, evaluation={"recall_at_10": number}).dump()


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[1]", b'"text"', b"null", b"[" * 100_000, b"9" * 5000])
def test_a_file_that_is_no_json_object_is_no_manifest(content: bytes) -> None:
    with pytest.raises(ModelFormatError, match=r"not JSON|not a JSON object"):
        Manifest.parse(content, "m-1/manifest.json")


def test_a_json_object_of_something_else_is_no_manifest() -> None:
    with pytest.raises(ModelFormatError, match=r"m-1/manifest\.json: not a manifest of a model"):
        Manifest.parse(b'{"name": "package.json"}', "m-1/manifest.json")


@pytest.mark.parametrize("version", [2, 0, "1", True, [1], 1.5])
def test_another_format_version_is_named_beside_the_known_one(manifest: Manifest, version: object) -> None:
    content = json.dumps(json.loads(manifest.dump()) | {"format_version": version}).encode()

    with pytest.raises(ModelFormatError, match=r"m-1: format_version .*this reader knows 1"):
        Manifest.parse(content, "m-1")


LATER_KEYS = {"changes", "gate", "scoring"}


@pytest.mark.parametrize("name", sorted(Manifest.__dataclass_fields__.keys() - LATER_KEYS - {"format_version"}))
def test_a_manifest_that_lacks_a_field_is_damaged(manifest: Manifest, name: str) -> None:
    values = json.loads(manifest.dump())
    del values[name]

    with pytest.raises(ModelDamagedError, match=f"m-1: a field is missing or wrong: '{name}'"):
        Manifest.parse(json.dumps(values).encode(), "m-1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model_id", 5),
        ("model_date", 20260101),
        ("model_date", None),
        ("fingerprint", ["ab"]),
        ("dataset", "https://example.org"),
        ("parameters", []),
        ("engine", None),
        ("trainer_version", 1),
        ("rule_count", "9"),
        ("seconds", 3.5),
        ("evaluation", None),
        ("files", []),
        ("files", "song_names.npy"),
        ("files", {"song_names.npy": []}),
        ("files", {"song_names.npy": {}}),
        ("files", {"song_names.npy": {"bytes": 1, "sha256": "ab", "dtype": "|u1", "shape": 3}}),
        ("files", {"../song_names.npy": {"bytes": 1, "sha256": "ab", "dtype": "|u1", "shape": [3]}}),
        ("files", {"/etc/passwd": {"bytes": 1, "sha256": "ab", "dtype": "|u1", "shape": [3]}}),
        ("files", {"a\0": {"bytes": 1, "sha256": "ab", "dtype": "|u1", "shape": [3]}}),
        ("files", {"\ud800": {"bytes": 1, "sha256": "ab", "dtype": "|u1", "shape": [3]}}),
        ("files", {"": {"bytes": 1, "sha256": "ab", "dtype": "|u1", "shape": [3]}}),
    ],
)
def test_a_manifest_with_a_field_of_the_wrong_kind_is_damaged(manifest: Manifest, name: str, value: object) -> None:
    content = json.dumps(json.loads(manifest.dump()) | {name: value}).encode()

    with pytest.raises(ModelDamagedError, match="m-1: a field is missing or wrong: "):
        Manifest.parse(content, "m-1")


@pytest.mark.parametrize("rejected", [None, "f" * 64])
def test_a_pointer_reads_what_it_wrote(rejected: str | None) -> None:
    pointer = Pointer("m-1", "ab", rejected)

    assert Pointer.parse(pointer.dump(), "current.json") == pointer


def test_a_pointer_without_a_rejection_says_nothing_of_one() -> None:
    assert json.loads(Pointer("m-1", "ab").dump()) == {"model_id": "m-1", "manifest_sha256": "ab"}


@pytest.mark.parametrize(
    "content",
    [b"", b"m-1", b"{}", b"[]", b"\x00\x00", b'{"model_id": "m-1"}', b'{"manifest_sha256": "ab"}', b"[" * 100_000],
)
def test_what_is_no_pointer_is_shown_in_the_error(content: bytes) -> None:
    with pytest.raises(PointerError, match=r"current\.json: not a pointer to a model: b"):
        Pointer.parse(content, "current.json")


@pytest.mark.parametrize("model_id", ["", ".", "..", "../m-1", "m/1", "/etc", "a\0b", "a\nb", "\ud800", 7, None, ["m"]])
def test_a_pointer_to_what_can_not_be_a_model_is_refused(model_id: object) -> None:
    content = json.dumps({"model_id": model_id, "manifest_sha256": "ab"}).encode()

    with pytest.raises(PointerError, match=r"current\.json: model_id .* is not the name of a model"):
        Pointer.parse(content, "current.json")


def test_a_moment_is_written_in_utc_with_milliseconds() -> None:
    moment = datetime(2026, 1, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))

    assert rfc3339(moment) == "2025-12-31T23:30:00.000Z"
    assert rfc3339(datetime(2026, 1, 1, 0, 0, 0, 123_456, tzinfo=UTC)) == "2026-01-01T00:00:00.123Z"
