"""Models in a bucket: publishing, reading and clearing, whoever else does so and whatever the store answers."""

import errno
import json
import os
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from playlist_model import (
    REJECTED,
    FolderStore,
    Manifest,
    Model,
    ModelDamagedError,
    ModelNotFoundError,
    ModelWriter,
    NoModelError,
    Pointer,
    PointerError,
    Rules,
    Songs,
    StoreChangedError,
    StoreOptions,
    StoreRefusedError,
    StoreUnavailableError,
    Training,
    open_store,
    writing,
)
from playlist_model.store.object_store import ObjectStore

from .s3_server import ACCESS_KEY, BUCKET, SECRET_KEY, TOKEN, Bucket, Fault, serving

Publish = Callable[..., Manifest]
Same = Callable[[Model, Model], bool]
NewStore = Callable[..., ObjectStore]


@pytest.fixture(scope="module")
def server() -> Iterator[Bucket]:
    with serving() as bucket:
        yield bucket


@pytest.fixture
def bucket(server: Bucket, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    monkeypatch.setattr("playlist_model.store.bucket._PAUSES_S", (0.0, 0.0, 0.0))
    server.objects.clear()
    server.ignored.clear()
    server.requests.clear()
    server.statuses.clear()
    server.fault = lambda _method, _key: None
    return server


@pytest.fixture
def new_store(bucket: Bucket, quick_folder: Path) -> NewStore:
    """Return another machine's view of one store."""

    def new(machine: str = "here", url: str = f"s3://{BUCKET}/prod", attempts: int = 3) -> ObjectStore:
        options = StoreOptions(bucket.url, allow_http=True, attempts=attempts)
        found = open_store(url, quick_folder / machine, options)
        assert isinstance(found, ObjectStore)
        return found

    return new


@pytest.fixture
def remote(new_store: NewStore) -> ObjectStore:
    return new_store()


@pytest.fixture
def publish_to(training: Callable[[int], Training]) -> Publish:
    """Publish the n-th model: its song is in n playlists."""

    def publish(store: ObjectStore, number: int, keep: int = 3, gate: dict[str, str] | None = None) -> Manifest:
        with writing(store, keep) as writer:
            about = replace(training(number), gate=gate or {})
            return writer.publish(Songs.build([f"Song {number}"], [number]), Rules.build(1, []), about)

    return publish


def names(model: Model) -> list[str]:
    return list(model.songs.names)


def test_a_model_comes_back_as_it_was_published(
    new_store: NewStore, songs: Songs, rules: Rules, training: Callable[[int], Training], same: Same
) -> None:
    with writing(new_store("trainer")) as writer:
        manifest = writer.publish(songs, rules, training(1))

    found = new_store("reader").load_current()

    assert found.manifest == manifest
    assert same(found, Model(manifest, songs, rules))


def test_nothing_published_is_no_model(remote: ObjectStore) -> None:
    assert remote.pointer_content() is None
    assert remote.model_ids() == []
    with pytest.raises(NoModelError, match=f"s3://{BUCKET}/prod: no model"):
        remote.load_current()


def test_arrays_come_first_then_the_manifest_and_the_pointer_last(
    bucket: Bucket, remote: ObjectStore, publish_to: Publish
) -> None:
    publish_to(remote, 1)

    keys = [key.rpartition("/")[2] for method, key in bucket.written() if method == "PUT" and "/tmp/" not in key]
    assert keys[0] == "claim.json"
    assert all(key.endswith(".npy") for key in keys[1:-2])
    assert keys[-2:] == ["manifest.json", "current.json"]
    assert not bucket.below("prod/tmp")


def test_an_unchanged_pointer_costs_one_request_without_content(
    bucket: Bucket, remote: ObjectStore, publish_to: Publish
) -> None:
    publish_to(remote, 1)
    content = remote.pointer_content()
    bucket.requests.clear()
    bucket.statuses.clear()

    again = [remote.pointer_content() for _ in range(3)]

    assert again == [content] * 3
    assert bucket.requests == [("GET", "prod/current.json")] * 3
    assert bucket.statuses == [304] * 3


def _publish_in(writer: ModelWriter, number: int, training: Callable[[int], Training]) -> Manifest:
    return writer.publish(Songs.build([f"Song {number}"], [number]), Rules.build(1, []), training(number))


def test_a_trainer_that_publishes_second_loses_and_what_the_first_published_stays(
    new_store: NewStore, publish_to: Publish, training: Callable[[int], Training]
) -> None:
    first, second, reader = new_store("first"), new_store("second"), new_store("reader")
    publish_to(first, 1)

    with writing(second) as slow:
        winner = publish_to(first, 2)
        with pytest.raises(StoreChangedError, match="another trainer"):
            _publish_in(slow, 9, training)

    assert reader.load_current().manifest == winner
    # Whole, so that who looks again needs to move the pointer alone.
    (left,) = set(reader.model_ids()) - {each.model_id for each in (winner, reader.manifests()[-1])}
    assert names(reader.load(left)) == ["Song 9"]


def test_of_two_first_publications_one_wins(
    new_store: NewStore, publish_to: Publish, training: Callable[[int], Training]
) -> None:
    with writing(new_store("second")) as slow:
        winner = publish_to(new_store("first"), 1)
        with pytest.raises(StoreChangedError):
            _publish_in(slow, 2, training)

    assert new_store("reader").load_current().manifest == winner


def test_a_pointer_that_came_back_to_the_same_model_is_another_pointer(
    new_store: NewStore, publish_to: Publish, training: Callable[[int], Training]
) -> None:
    """Else an upload that the models between have cleared away could be made current."""
    store = new_store("first")
    first = publish_to(store, 1)
    with writing(new_store("second")) as slow:
        publish_to(store, 2)
        with writing(store) as writer:
            writer.point_at(first.model_id)

        with pytest.raises(StoreChangedError):
            _publish_in(slow, 9, training)


def test_two_models_of_the_same_second_and_inputs_have_ids_of_their_own(
    new_store: NewStore, publish_to: Publish, training: Callable[[int], Training]
) -> None:
    with writing(new_store("second")) as slow:
        first = publish_to(new_store("first"), 1)
        with pytest.raises(StoreChangedError):
            _publish_in(slow, 1, training)

    assert new_store("reader").model_ids() == [first.model_id, f"{first.model_id}-2"]


@pytest.mark.parametrize("lost", ["claim.json", "song_names.npy", "manifest.json", "current.json"])
def test_an_answer_that_is_lost_on_its_way_changes_nothing(
    bucket: Bucket, remote: ObjectStore, publish_to: Publish, lost: str
) -> None:
    publish_to(remote, 1)
    left = [1]

    def lose_once(method: str, key: str) -> Fault:
        return "lose answer" if method == "PUT" and key.endswith(lost) and left and left.pop() else None

    bucket.fault = lose_once

    second = publish_to(remote, 2)

    assert left == []
    assert remote.load_current().manifest == second
    assert len(remote.model_ids()) == 2


def test_what_an_upload_that_was_cut_off_left_is_cleared_by_the_next_publication(
    bucket: Bucket, remote: ObjectStore, publish_to: Publish
) -> None:
    publish_to(remote, 1)
    bucket.fault = lambda method, key: 503 if (method, key[-13:]) == ("PUT", "manifest.json") else None
    with pytest.raises(StoreUnavailableError):
        publish_to(remote, 2)
    bucket.fault = lambda _method, _key: None
    bucket.objects["prod/tmp/probe-1"] = b"1"
    left = {key.split("/")[0] for key in bucket.below("prod/models")}

    third = publish_to(remote, 3)

    assert len(left) == 2
    assert {key.split("/")[0] for key in bucket.below("prod/models")} == {min(left), third.model_id}
    assert bucket.below("prod/tmp") == {}


def test_models_that_are_no_longer_kept_are_removed_once_the_pointer_says_so(
    bucket: Bucket, remote: ObjectStore, publish_to: Publish
) -> None:
    published = [publish_to(remote, number, keep=2) for number in (1, 2)]
    bucket.requests.clear()

    published.append(publish_to(remote, 3, keep=2))

    oldest = published[0].model_id
    changes = [(method, key) for method, key in bucket.written() if "tmp/" not in key]
    pointed = changes.index(("PUT", "prod/current.json"))
    assert remote.pointer().removing == (oldest,)
    assert [each.model_id for each in remote.manifests()] == [published[2].model_id, published[1].model_id]
    assert all(oldest in key for method, key in changes[pointed + 1 :])
    assert not any(method == "DELETE" for method, key in changes[:pointed])
    # The manifest goes first: without it, nobody takes the rest for a model.
    assert changes[pointed + 1] == ("DELETE", f"prod/models/{oldest}/manifest.json")
    assert not bucket.below(f"prod/models/{oldest}")


def test_a_model_that_is_being_removed_is_no_longer_there_for_anybody(
    bucket: Bucket, remote: ObjectStore, publish_to: Publish
) -> None:
    first = publish_to(remote, 1, keep=1)
    bucket.fault = lambda method, key: 503 if method == "DELETE" and "models/" in key else None
    second = publish_to(remote, 2, keep=1)
    bucket.fault = lambda _method, _key: None

    assert bucket.below(f"prod/models/{first.model_id}")
    assert remote.model_ids() == [second.model_id]
    with pytest.raises(ModelNotFoundError), writing(remote) as writer:
        writer.point_at(first.model_id)
    with pytest.raises(ModelNotFoundError):
        remote.load(first.model_id)
    publish_to(remote, 3)
    assert not bucket.below(f"prod/models/{first.model_id}")


def test_a_removal_that_is_not_finished_is_still_announced_after_a_roll_back(
    bucket: Bucket, remote: ObjectStore, publish_to: Publish
) -> None:
    first, second = publish_to(remote, 1, keep=2), publish_to(remote, 2, keep=2)
    bucket.fault = lambda method, key: 503 if method == "DELETE" and "models/" in key else None
    publish_to(remote, 3, keep=2)
    bucket.fault = lambda _method, _key: None

    with writing(remote) as writer:
        writer.rollback(second.model_id)

    assert remote.pointer().removing == (first.model_id,)
    assert remote.pointer().rejected_fingerprint == f"{3:064x}"


def test_a_rejected_candidate_is_kept_and_the_current_model_stays(
    bucket: Bucket, remote: ObjectStore, publish_to: Publish
) -> None:
    current = publish_to(remote, 1)
    pointer = bucket.objects["prod/current.json"]

    candidate = publish_to(remote, 2, gate={"outcome": REJECTED, "reason": "recall fell"})

    assert bucket.objects["prod/current.json"] == pointer
    assert remote.model_ids() == [current.model_id, candidate.model_id]
    publish_to(remote, 3, gate={"outcome": REJECTED, "reason": "recall fell"})
    assert candidate.model_id not in remote.model_ids()
    assert remote.pointer().model_id == current.model_id


def test_a_damaged_pointer_is_named_and_the_next_publication_replaces_it(
    bucket: Bucket, remote: ObjectStore, publish_to: Publish
) -> None:
    first = publish_to(remote, 1)
    bucket.objects["prod/current.json"] = b"garbage"

    with pytest.raises(PointerError):
        remote.load_current()
    found = remote.load_newest().manifest
    second = publish_to(remote, 2)

    assert found == first
    assert remote.load_current().manifest == second


IGNORED = {"PUT if-none-match": "If-None-Match in PUT", "PUT if-match": "If-Match in PUT",
           "GET if-none-match": "If-None-Match in GET"}  # fmt: skip


@pytest.mark.parametrize("condition", IGNORED)
def test_a_store_that_ignores_a_condition_is_refused_before_anything_is_published(
    bucket: Bucket, remote: ObjectStore, publish_to: Publish, condition: str
) -> None:
    bucket.ignored.add(condition)

    with pytest.raises(StoreRefusedError, match=IGNORED[condition]):
        publish_to(remote, 1)

    assert bucket.objects == {}


def test_a_probe_that_somebody_clears_meanwhile_is_tried_again(
    bucket: Bucket, remote: ObjectStore, publish_to: Publish
) -> None:
    probes: list[str] = []

    def clear_first(method: str, key: str) -> Fault:
        if method == "PUT" and "tmp/" in key:
            probes.append(key)
            if len(probes) == 2:
                bucket.objects.pop(key)
        return None

    bucket.fault = clear_first

    publish_to(remote, 1)

    assert len(set(probes)) == 2


@pytest.mark.parametrize("status", [408, 429, 500, 503, "drop"])
def test_a_store_that_fails_for_a_while_is_asked_again(
    bucket: Bucket, remote: ObjectStore, publish_to: Publish, status: Fault
) -> None:
    seen: dict[tuple[str, str], int] = {}

    def fail_first(method: str, key: str) -> Fault:
        seen[method, key] = seen.get((method, key), 0) + 1
        return status if seen[method, key] == 1 else None

    bucket.fault = fail_first

    manifest = publish_to(remote, 1)

    assert remote.load_current().manifest == manifest


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        (503, StoreUnavailableError, "answered 503: try again later"),
        ("drop", StoreUnavailableError, "try again later"),
        (403, StoreRefusedError, "check AWS_ACCESS_KEY_ID"),
        (401, StoreRefusedError, "check AWS_ACCESS_KEY_ID"),
        (400, StoreRefusedError, "answered 400"),
    ],
)
def test_a_store_that_does_not_answer_is_told_in_one_sentence_without_a_key(
    bucket: Bucket, remote: ObjectStore, publish_to: Publish, fault: Fault, error: type[Exception], said: str
) -> None:
    publish_to(remote, 1)
    bucket.fault = lambda _method, _key: fault

    for ask in (remote.pointer_content, remote.model_ids, remote.load_current, remote.source, remote.status):
        with pytest.raises(error) as failed:
            ask()
        assert said in str(failed.value)
        assert str(failed.value).startswith(f"s3://{BUCKET}/prod ")
        for secret in (ACCESS_KEY, SECRET_KEY, TOKEN):
            assert secret not in "".join(traceback.format_exception(failed.value))


def test_a_bucket_that_is_not_there_is_named(new_store: NewStore) -> None:
    store = new_store(url="s3://elsewhere/prod")

    for ask in (store.pointer_content, store.model_ids):
        with pytest.raises(StoreRefusedError, match="s3://elsewhere/prod: there is no such bucket"):
            ask()


@pytest.mark.parametrize(
    "url",
    [
        "s3://key:hunter2@models/a",
        "s3://models/a?X-Amz-Signature=hunter2",
        "ftp://models/hunter2",
        "s3://models/../hunter2",
    ],
)
def test_an_address_that_cant_be_used_is_not_repeated(tmp_path: Path, url: str) -> None:
    with pytest.raises(StoreRefusedError, match="s3://bucket/prefix") as refused:
        open_store(url, tmp_path)

    assert "hunter2" not in "".join(traceback.format_exception(refused.value))


def _copies(store: ObjectStore) -> list[str]:
    return sorted(path.name for path in store.copies.root.iterdir() if path.is_dir())


def test_never_more_than_two_models_are_on_the_readers_disk(
    bucket: Bucket, new_store: NewStore, publish_to: Publish
) -> None:
    trainer, reader = new_store("trainer"), new_store("reader")
    most = [0]

    def look(_method: str, _key: str) -> Fault:
        if reader.copies.root.is_dir():
            most.append(len(_copies(reader)))
        return None

    bucket.fault = look
    for number in range(1, 6):
        published = publish_to(trainer, number, keep=2)
        assert reader.load_current().manifest == published
        if number != 3:  # whoever loads may also forget to say that it uses it
            reader.release(published.model_id)

    assert max(most) == 2
    assert _copies(reader) == [published.model_id]


def test_a_transfer_that_was_cut_off_goes_on_where_it_was(
    bucket: Bucket, new_store: NewStore, publish_to: Publish
) -> None:
    manifest = publish_to(new_store("trainer"), 1)
    reader = new_store("reader", attempts=1)
    bucket.fault = lambda method, key: "drop" if key.endswith("song_support_counts.npy") else None
    with pytest.raises(StoreUnavailableError):
        reader.load_current()
    arrived = {path.name for path in (reader.copies.root / f"partial-{manifest.model_id}").iterdir()}
    bucket.fault = lambda _method, _key: None
    bucket.requests.clear()

    assert reader.load_current().manifest == manifest
    fetched = {key.rpartition("/")[2] for method, key in bucket.requests if key.endswith(".npy")}
    assert len(arrived) > 1
    assert fetched == set(manifest.files) - arrived | {"song_support_counts.npy"}


def test_a_copy_that_is_there_and_whole_is_not_fetched_again(
    bucket: Bucket, new_store: NewStore, publish_to: Publish
) -> None:
    publish_to(new_store("trainer"), 1)
    new_store("reader").load_current()
    bucket.requests.clear()

    new_store("reader").load_current()

    assert not any(key.endswith(".npy") for _, key in bucket.requests)


def test_a_copy_that_is_damaged_is_fetched_again(new_store: NewStore, publish_to: Publish) -> None:
    manifest = publish_to(new_store("trainer"), 1)
    reader = new_store("reader")
    reader.load_current()
    (reader.copies.path(manifest.model_id) / "song_names.npy").write_bytes(b"damaged")

    assert names(reader.load_current()) == ["Song 1"]


@pytest.mark.parametrize("damage", [lambda _: b"", lambda content: content[:-1], lambda content: content[:-1] + b"!",
                                    lambda content: content + b"!"])  # fmt: skip
def test_an_object_that_is_not_what_was_published_is_never_mapped(
    bucket: Bucket, new_store: NewStore, publish_to: Publish, damage: Callable[[bytes], bytes]
) -> None:
    manifest = publish_to(new_store("trainer"), 1)
    key = f"prod/models/{manifest.model_id}/song_names.npy"
    bucket.objects[key] = damage(bucket.objects[key])
    reader = new_store("reader")

    if len(bucket.objects[key]) <= manifest.files["song_names.npy"].bytes:
        with pytest.raises(ModelDamagedError, match=r"song_names.npy"):
            reader.load_current()
        assert manifest.model_id not in _copies(reader)
    if len(bucket.objects[key]) != manifest.files["song_names.npy"].bytes:
        with pytest.raises(ModelDamagedError, match=r"song_names.npy"):
            reader.check_current()


def test_a_reader_that_starts_while_the_store_is_away_answers_from_its_copy(
    bucket: Bucket, new_store: NewStore, publish_to: Publish
) -> None:
    manifest = publish_to(new_store("trainer"), 1)
    new_store("reader").load_current()
    bucket.fault = lambda _method, _key: 503

    assert new_store("reader").load_newest().manifest == manifest
    with pytest.raises(StoreUnavailableError):
        new_store("another").load_newest()


def test_a_model_is_mapped_after_its_copy_was_removed(new_store: NewStore, publish_to: Publish) -> None:
    store = new_store()
    publish_to(store, 1)
    held = store.load_current()

    store.release("another")

    assert names(held) == ["Song 1"]
    assert _copies(store) == []


def test_a_disk_without_room_is_told_as_such(
    new_store: NewStore, publish_to: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    published, reader = publish_to(new_store("trainer"), 1), new_store("reader")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    # A full disk can't be had without being root.
    monkeypatch.setattr("playlist_model.store.copies.hashlib.sha256", full)
    with pytest.raises(StoreUnavailableError, match=r"No space left on device.*make room for two models"):
        reader.load(published.model_id)


def test_models_move_from_a_folder_to_a_bucket_and_back(
    new_store: NewStore, store: FolderStore, publish: Publish, quick_folder: Path
) -> None:
    first, second = publish(1), publish(2)
    bucket_store, back = new_store(), FolderStore(quick_folder / "back")

    for source, target in ((store, bucket_store), (bucket_store, back)):
        with writing(target) as writer:
            for model_id in source.model_ids():
                writer.adopt(source.fetch(model_id))
            writer.point_at(source.pointer().model_id)

    assert back.load_current().manifest == second
    assert back.load(first.model_id).manifest == first
    assert back.pointer() == store.pointer()


def test_notes_are_read_back(remote: ObjectStore) -> None:
    assert (remote.source(), remote.status()) == (None, {})

    with writing(remote) as writer:
        writer.note_source(b"{}")
        writer.note_status(b'{"outcome": "published"}')

    assert (remote.source(), remote.status()) == (b"{}", {"outcome": "published"})


def test_a_pointer_of_a_folder_says_what_it_said_before_there_were_buckets() -> None:
    assert json.loads(Pointer("m", "ab").dump()) == {"model_id": "m", "manifest_sha256": "ab"}
