"""`dataset` and `watch`, with a server that is there."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from playlist_bump import changes, datasets
from playlist_bump.clone import Clone
from playlist_bump.landing import land
from playlist_bump.looks import Looks
from playlist_trainer.dataset.address import fetch
from playlist_trainer.settings import Settings

from .dataset_server import NEW, OLD, DatasetServer
from .hub import ONE, STAGING, Hub, Terminal


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_url_and_sha256_of_its_bytes_are_written(hub: Hub, bump: Terminal, server: DatasetServer) -> None:
    before = hub.text(STAGING)

    said = bump(hub.clone("mine"), "dataset", server.url, "--environment", "staging")

    expected = before.replace("builtin:sample", server.url).replace('sha256: ""', f'sha256: "{_sha256(OLD)}"')
    assert hub.text(STAGING) == expected
    assert hub.subjects()[0] == f"staging: dataset playlists.csv {_sha256(OLD)[:8]}"
    assert server.asked == 1
    assert (said.exit_code, said.err) == (0, "")


def test_watch_commits_only_when_the_bytes_changed(hub: Hub, bump: Terminal, server: DatasetServer) -> None:
    mine = hub.clone("mine")
    bump(mine, "dataset", server.url)

    unchanged = bump(mine, "watch")
    assert unchanged.exit_code == 0
    found = f"the bytes behind {server.url} are those that argocd/values.yaml pins"
    assert unchanged.out == f"nothing to do: {found} (origin/main)\n"
    assert len(hub.subjects()) == 2

    server.content = NEW
    assert bump(mine, "watch").exit_code == 0
    assert hub.values(ONE)["dataset"] == {"url": server.url, "sha256": _sha256(NEW)}
    assert len(hub.subjects()) == 3


def test_watch_pins_what_was_not_pinned(hub: Hub, bump: Terminal, server: DatasetServer) -> None:
    mine = hub.clone("mine")
    hub.edit(mine, STAGING, "builtin:sample", server.url)

    bump(mine, "watch", "--environment", "staging")

    assert hub.values(STAGING)["dataset"]["sha256"] == _sha256(OLD)


def test_the_built_in_sample_is_neither_pinned_nor_watched(hub: Hub, bump: Terminal) -> None:
    mine = hub.clone("mine")

    assert "nothing to do" in bump(mine, "dataset", "builtin:sample").out
    assert "comes with the trainer's image" in bump(mine, "watch").out
    assert hub.subjects() == ["values"]


def test_two_watches_at_once_make_one_commit(hub: Hub, bump: Terminal, server: DatasetServer) -> None:
    mine, other = hub.clone("mine"), hub.clone("other")
    bump(mine, "dataset", server.url)
    server.content = NEW
    edit, raced = datasets.watched(Looks(), None), iter([True])

    def with_race(head: changes.Head) -> changes.Change:
        change = edit(head)
        if next(raced, False):
            bump(other, "watch")
        return change

    land(Clone.around(mine), with_race, lambda attempt: None)

    assert len(hub.subjects()) == 3
    assert hub.values(ONE)["dataset"]["sha256"] == _sha256(NEW)


def test_a_url_that_others_wrote_meanwhile_is_looked_at_in_its_turn(
    hub: Hub, new_server: Callable[[], DatasetServer], bump: Terminal
) -> None:
    first, second = new_server(), new_server()
    second.content = NEW
    mine, other = hub.clone("mine"), hub.clone("other")
    hub.edit(other, ONE, "builtin:sample", first.url)
    edit, raced = datasets.watched(Looks(), None), iter([True])

    def with_race(head: changes.Head) -> changes.Change:
        change = edit(head)
        if next(raced, False):
            hub.edit(other, ONE, first.url, second.url)
        return change

    land(Clone.around(mine), with_race, lambda attempt: None)

    assert hub.values(ONE)["dataset"] == {"url": second.url, "sha256": _sha256(NEW)}


def test_a_folder_of_slices_has_the_sha256_that_the_trainer_pins(hub: Hub, bump: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "slices"
    folder.mkdir()
    for name in ("mpd.slice.0-999.json", "mpd.slice.1000-1999.json"):
        (folder / name).write_text('{"playlists": [{"pid": 1, "tracks": [{"track_name": "Nocturne"}]}]}')

    bump(hub.clone("mine"), "dataset", str(folder))

    found = hub.values(ONE)["dataset"]
    assert found["url"] == str(folder)
    # Raises where the trainer would not take these bytes.
    assert fetch(Settings(dataset_url=found["url"], dataset_sha256=found["sha256"]), tmp_path)


def test_a_mirror_is_written_only_when_its_bytes_are_others(
    hub: Hub, new_server: Callable[[], DatasetServer], bump: Terminal
) -> None:
    first, mirror = new_server(), new_server()
    mine = hub.clone("mine")
    bump(mine, "dataset", first.url)

    assert "nothing to do" in bump(mine, "watch", mirror.url).out
    mirror.content = NEW
    bump(mine, "watch", mirror.url)

    assert hub.values(ONE)["dataset"] == {"url": mirror.url, "sha256": _sha256(NEW)}


def test_nothing_to_watch_is_said(hub: Hub, bump: Terminal) -> None:
    mine = hub.clone("mine")
    hub.edit(mine, ONE, "url: builtin:sample", "url:")

    said = bump(mine, "watch")

    assert said.exit_code == 64
    assert "argocd/values.yaml names no dataset.url to watch" in said.err


@pytest.mark.parametrize(("status", "exit_code"), [(404, 64), (403, 64), (503, 1), (429, 1)])
def test_a_url_that_can_not_be_fetched_is_one_sentence(
    hub: Hub, bump: Terminal, server: DatasetServer, status: int, exit_code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.status = status
    monkeypatch.setenv("PLAYLIST_DATASET_RETRIES", "0")

    said = bump(hub.clone("mine"), "dataset", server.url)

    assert said.exit_code == exit_code
    assert str(status) in said.err
    assert said.err.count("\n") == 1
    assert hub.subjects() == ["values"]


def test_a_page_that_asks_to_log_in_is_not_pinned(hub: Hub, bump: Terminal, server: DatasetServer) -> None:
    server.content = b"<!DOCTYPE html><html><body>Please log in</body></html>"

    said = bump(hub.clone("mine"), "dataset", server.url)

    assert said.exit_code == 64
    assert "HTML" in said.err


@pytest.mark.parametrize(
    "url",
    [
        "https://me:hunter2@example.com/a.csv", "https://hunter2@example.com/a.csv",
        "https://example.com/a.csv?X-Amz-Signature=hunter2", "https://example.com/a.csv#hunter2",
        "s3://bucket/a.csv?versionId=hunter2", "s3://me:hunter2@bucket/a.csv", "https//me:hunter2@example.com/a.csv",
        "https%3A%2F%2Fme:hunter2%40example.com/a.csv", "https://me:hunter2@", "HTTPS://me:hunter2@example.com/a.csv",
        "file://me:hunter2@host/a.csv", " https://me:hunter2@example.com/a.csv", "https:me:hunter2@example.com",
    ],
)  # fmt: skip
def test_a_private_url_is_refused_and_shown_nowhere(hub: Hub, bump: Terminal, url: str) -> None:
    said = bump(hub.clone("mine"), "dataset", url)

    assert said.exit_code == 64
    assert "does not belong in Git" in said.err
    assert "hunter2" not in said.err + said.out
    assert hub.subjects() == ["values"]


def test_a_private_url_that_somebody_pushed_is_not_shown_by_watch(hub: Hub, bump: Terminal) -> None:
    mine = hub.clone("mine")
    hub.edit(mine, ONE, "builtin:sample", "https://me:hunter2@example.com/a.csv")

    said = bump(mine, "watch")

    assert said.exit_code == 64
    assert "hunter2" not in said.err + said.out


def test_a_path_that_means_another_file_elsewhere_is_refused(hub: Hub, bump: Terminal) -> None:
    mine = hub.clone("mine")
    for path in (
        "playlists.csv",
        "../l.csv",
        "file:../l.csv",
        "file:l.csv",
        "FILE:l.csv",
        "file:%2e/l.csv",
        "file:",
        "",
    ):
        for command in ("dataset", "watch"):
            said = bump(mine, command, path)

            assert said.exit_code == 64
            assert "the trainer's pod would look for it elsewhere" in said.err


def test_a_flag_that_is_mistyped_shows_no_secret(hub: Hub, bump: Terminal) -> None:
    said = bump(hub.clone("mine"), "dataset", "builtin:sample", "https://me:hunter2@example.com/a.csv")

    assert said.exit_code == 64
    assert "hunter2" not in said.err


@pytest.mark.parametrize("form", ["{}", "file:{}", "file://{}", "file://localhost{}"])
def test_a_file_of_this_machine_is_written_with_a_word_on_mounting_it(
    hub: Hub, bump: Terminal, tmp_path: Path, form: str
) -> None:
    (tmp_path / "l.csv").write_bytes(OLD)
    url = form.format(tmp_path / "l.csv")

    said = bump(hub.clone("mine"), "dataset", url)

    assert hub.values(ONE)["dataset"] == {"url": url, "sha256": _sha256(OLD)}
    assert said.exit_code == 0
    assert said.err.count("\n") == 1
    assert "only if it is mounted there, by trainer.extraVolumes" in said.err


def test_a_pin_in_capitals_is_the_same_pin(hub: Hub, bump: Terminal, server: DatasetServer) -> None:
    mine = hub.clone("mine")
    bump(mine, "dataset", server.url)
    hub.edit(mine, ONE, _sha256(OLD), _sha256(OLD).upper())

    said = [bump(mine, "watch"), bump(mine, "dataset", server.url)]

    assert ["nothing to do" in each.out for each in said] == [True, True]
    assert hub.values(ONE)["dataset"]["sha256"] == _sha256(OLD).upper()


def test_a_server_that_is_away_may_be_back_later(hub: Hub, bump: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYLIST_DATASET_RETRIES", "0")

    said = bump(hub.clone("mine"), "dataset", "http://127.0.0.1:1/a.csv")

    assert said.exit_code == 1
    assert "refused the connection: try again later, or check the URL" in said.err
    assert "--dataset" not in said.err


def test_the_largest_dataset_is_the_values_one(
    hub: Hub, bump: Terminal, server: DatasetServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = hub.clone("mine")
    hub.edit(mine, ONE, "  # pins", "  maxBytes: 10\n  # pins")
    monkeypatch.setenv("PLAYLIST_MAX_DATASET_BYTES", "1Gi")

    said = bump(mine, "dataset", server.url)

    assert said.exit_code == 64
    assert "over the limit of 10: raise dataset.maxBytes, or give a smaller file" in said.err


def test_a_number_is_read_as_helm_reads_it(hub: Hub, bump: Terminal, server: DatasetServer) -> None:
    mine = hub.clone("mine")
    hub.edit(mine, ONE, "  # pins", "  maxBytes: 1e1\n  # pins")

    assert "over the limit of 10: raise dataset.maxBytes" in bump(mine, "dataset", server.url).err


def test_a_limit_that_only_a_variable_sets_is_called_by_its_name(
    hub: Hub, bump: Terminal, server: DatasetServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYLIST_MAX_DATASET_BYTES", "10")

    assert "raise PLAYLIST_MAX_DATASET_BYTES, or" in bump(hub.clone("mine"), "dataset", server.url).err


def test_a_value_that_can_not_be_used_is_called_by_its_own_name(
    hub: Hub, bump: Terminal, server: DatasetServer
) -> None:
    mine = hub.clone("mine")
    before = "  # pins the bytes"
    for value, words in (
        ("maxBytes: many", "dataset.maxBytes is 'many', expected a size"),
        ("itemColumn: ' '", "dataset.itemColumn is ' ', expected the name of a column"),
        ("retries: 99", "dataset.retries is '99', expected a whole number"),
        ("itemColumn: [a]", "dataset.itemColumn is ['a'], expected a text or a number"),
    ):
        hub.edit(mine, ONE, before, f"  {value}")
        before = f"  {value}"

        said = bump(mine, "dataset", server.url)

        assert said.exit_code == 64
        assert words in said.err
