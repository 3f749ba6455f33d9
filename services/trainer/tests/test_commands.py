"""What people ask a trainer about its models: in the process itself, for speed."""

import errno
import json
import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from playlist_model import FolderStore
from playlist_trainer.__main__ import main

Run = Callable[..., tuple[int, str]]

CSV = "pid,track_name,artist_name\n" + "".join(
    f"{pid},{song},{artist}\n"
    for pid in range(40)
    for song, artist in (
        ("Home", "Edward" if pid % 2 else "Michael"),
        ("Hurt", "Johnny"),
        ("Blue", "Joni"),
        (f"Deep cut {pid % 4}", "Nobody"),
    )
)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run one command on a folder of its own; returns exit code and standard output."""
    for name in list(os.environ):
        if name.startswith("PLAYLIST_"):
            monkeypatch.delenv(name)
    monkeypatch.setattr("playlist_trainer.__main__.start_watchdog", lambda *_: None)
    # Its handlers would take the place of those that the tests read the log by.
    monkeypatch.setattr("playlist_trainer.__main__.set_up_logs", lambda *_: logging.getLogger().setLevel("INFO"))
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, str]:
        code = main([*arguments])
        return code, capsys.readouterr().out

    return command


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    (tmp_path / "playlists.csv").write_text(CSV)
    return FolderStore(tmp_path / "models")


def _train(run: Run, *arguments: str) -> str:
    code, output = run("train", "--dataset", "playlists.csv", *arguments)
    assert code == 0
    return output


def test_a_training_tells_people_what_it_read_and_learned(run: Run, store: FolderStore) -> None:
    output = _train(run, "--log-format", "text")

    lines = {line.split()[0]: line for line in output.splitlines()}
    assert "160 rows: 40 playlists, 7 songs" in lines["Read"]
    assert f"{store.load_current().manifest.rule_count} rules" in lines["Learned"]
    assert lines.keys() == {"Read", "Learned", "Quality"}
    assert "not measured" in lines["Quality"]  # no playlist has songs left to look for after five
    _, listed = run("models", "list")
    assert listed.splitlines()[1].split()[-2] == "–"
    _, tried = run("tune")
    assert {tuple(row.split()[2:4]) for row in tried.splitlines()[1:]} == {("–", "–")}


def test_one_of_a_thing_is_no_plural(run: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "playlists.csv").write_text("pid,track_name\n1,Halo\n1,Hurt\n")

    output = _train(run, "--log-format", "text")

    assert "Read     2 rows: 1 playlist, 2 songs\n" in output
    assert "read 2 rows of 2 songs in 1 playlist; " in caplog.text
    assert "found 2 rules seen in 1 or more playlists" in caplog.text
    assert "2 rules on 2 songs from 1 playlist" in caplog.text


def test_small_data_have_a_size_and_a_time(run: Run, store: FolderStore) -> None:
    _train(run, "--min-support", "1")

    _, text = run("tune")

    trial = text.splitlines()[1].split()
    assert 0 < float(trial[-2]) < 0.1  # megabytes


def test_a_second_training_is_compared_with_the_first(run: Run, store: FolderStore) -> None:
    _train(run)
    first = store.pointer().model_id

    output = _train(run, "--log-format", "text", "--rules-per-song", "2")

    assert first in output
    assert "Gate     not judged" in output


def test_machines_get_no_summary(run: Run, store: FolderStore) -> None:
    assert _train(run, "--log-format", "json") == ""


def test_titles_that_artists_share_are_warned_of_with_what_keeps_them_apart(
    run: Run, store: FolderStore, caplog: pytest.LogCaptureFixture
) -> None:
    _train(run)

    errors = caplog.text
    assert "titles that several artists share: 1; their songs count as one (Home by 2)" in errors
    assert "track_name,artist_name" in errors


def test_models_are_listed_under_a_header_with_their_state(run: Run, store: FolderStore) -> None:
    _train(run)
    _train(run, "--rules-per-song", "2")

    _, output = run("models", "list")

    header, *rows = (line.split() for line in output.splitlines())
    assert header == ["model", "state", "age", "playlists", "rules", "recall@10", "dataset"]
    assert [row[1] for row in rows] == ["current", "kept"]
    assert [row[-1] for row in rows] == [str(store.root.parent / "playlists.csv")] * 2


def test_promote_makes_a_kept_model_current(run: Run, store: FolderStore) -> None:
    _train(run)
    first = store.pointer().model_id
    _train(run, "--rules-per-song", "2")

    code, _ = run("models", "promote", first)

    assert code == 0
    assert store.pointer().model_id == first


def test_an_unknown_model_is_not_promoted(run: Run, store: FolderStore, caplog: pytest.LogCaptureFixture) -> None:
    _train(run)

    code, _ = run("models", "promote", "nonsense")

    assert code == 64
    assert "models: no model 'nonsense' here; kept: " in caplog.text


def test_diff_names_settings_songs_and_answers_that_changed(run: Run, store: FolderStore, tmp_path: Path) -> None:
    _train(run)
    first = store.pointer().model_id
    (tmp_path / "playlists.csv").write_text(CSV.replace("Blue", "Bluer"))
    _train(run, "--min-support", "2")
    second = store.pointer().model_id

    _, text = run("models", "diff", first, second)
    _, as_json = run("models", "diff", first, second, "--json")

    assert "setting min_support: auto → 2.0" in text
    assert "songs added: 1 (Bluer)" in text
    assert "songs gone: 1 (Blue)" in text
    found = json.loads(as_json)
    assert found["figures"]["playlists"] == [40, 40]
    assert 0 < found["same_answers"] < 1


def test_evaluate_takes_the_current_models_dataset_and_settings_and_says_so(
    run: Run, store: FolderStore, caplog: pytest.LogCaptureFixture
) -> None:
    _train(run, "--min-support", "3")
    caplog.clear()

    _, output = run("itemsets", "--max-length", "1")

    assert "Home" in output
    assert "taking dataset and settings of the current model" in caplog.text
    assert "playlists.csv" in caplog.text
    assert "a support_count of 3 or more" in caplog.text


@pytest.mark.parametrize("slices", [False, True])
def test_dataset_of_the_current_model_is_found_from_another_folder(
    slices: bool, run: Run, store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "slices").mkdir(parents=True)
    (elsewhere / "playlists.csv").write_text("pid,track_name\n1,Another file\n1,of that name\n")
    tracks = [{"track_name": "Home"}, {"track_name": "Hurt"}]
    given = "slices" if slices else "playlists.csv"
    if slices:
        (tmp_path / "slices").mkdir()
        for first in (0, 20):
            content = json.dumps({"playlists": [{"pid": pid, "tracks": tracks} for pid in range(first, first + 20)]})
            (tmp_path / "slices" / f"mpd.slice.{first}.json").write_text(content)
    assert run("train", "--dataset", given, "--model-dir", str(store.root))[0] == 0
    monkeypatch.chdir(elsewhere)

    code, output = run("itemsets", "--max-length", "1", "--model-dir", str(store.root))

    assert code == 0
    assert "Home" in output
    assert store.manifest(store.pointer().model_id).dataset["url"] == str(tmp_path / given)


def test_a_dataset_that_is_given_is_not_overruled(run: Run, store: FolderStore, tmp_path: Path) -> None:
    _train(run)
    (tmp_path / "other.csv").write_text("pid,track_name\n1,Only this\n1,And that\n")

    _, output = run("itemsets", "--dataset", "other.csv", "--min-support", "1")

    assert "Only this" in output
    assert "Home" not in output


def test_without_a_model_the_dataset_that_is_taken_is_named(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    code, _ = run("itemsets", "--min-support", "60")

    assert code == 0
    assert "no model in models, and no --dataset: taking builtin:sample" in caplog.text


def test_a_broken_pointer_is_no_reason_to_measure_something_else(
    run: Run, store: FolderStore, caplog: pytest.LogCaptureFixture
) -> None:
    _train(run)
    store.pointer_path.write_text("{")

    code, output = run("evaluate")

    assert (code, output) == (64, "")


@pytest.mark.parametrize("output", ["nowhere/out.csv", "."])
def test_a_file_that_cant_be_written_is_refused_before_the_work(
    run: Run, store: FolderStore, caplog: pytest.LogCaptureFixture, output: str
) -> None:
    code, _ = run("itemsets", "--dataset", "playlists.csv", "--output", output)

    assert code == 64
    assert "read" not in [record.getMessage().split()[0] for record in caplog.records]
    assert "name" in caplog.text


def test_a_file_in_the_place_of_the_model_folder_is_permanent(run: Run, store: FolderStore) -> None:
    code, _ = run("train", "--dataset", "playlists.csv", "--model-dir", "playlists.csv")

    assert code == 64


def test_an_empty_dataset_is_a_usage_error(run: Run) -> None:
    code, _ = run("train", "--dataset", "")

    assert code == 64


def test_tune_shows_settings_beside_each_other(run: Run, store: FolderStore) -> None:
    _train(run)

    _, text = run("tune")
    _, as_json = run("tune", "--json")

    header, *rows = text.splitlines()
    assert header.split() == [
        "min",
        "support",
        "rules",
        "per",
        "song",
        "recall",
        "coverage",
        "rules",
        "megabytes",
        "seconds",
    ]
    trials = json.loads(as_json)
    assert len(rows) == len(trials)
    assert {trial["rules_per_song"] for trial in trials} == {20, 100, 500, 1000}
    by_support = {trial["min_support"]: trial["rules"] for trial in trials if trial["rules_per_song"] == 500}
    assert by_support["1"] >= by_support["5"] >= by_support["10"]


def test_the_version_is_printed(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("playlist-trainer ")


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])

    assert "playlist-trainer train --dataset playlists.csv" in capsys.readouterr().out


def test_the_list_names_models_that_can_not_be_read(run: Run, store: FolderStore) -> None:
    _train(run)
    for model_id in ("emptied", "no-manifest"):
        store.model_path(model_id).mkdir()
    (store.model_path("emptied") / "manifest.json").write_bytes(b"")

    code, output = run("models", "list")

    assert code == 0
    assert "emptied can't be used: emptied/manifest.json: not JSON" in output
    assert "no-manifest can't be used: no-manifest/manifest.json: can't be read: No such file" in output


def test_a_folder_of_damaged_models_alone_is_not_called_empty(run: Run, store: FolderStore) -> None:
    store.model_path("damaged").mkdir(parents=True)

    _, output = run("models", "list")

    assert output.startswith("damaged can't be used")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device: make room"),
        (OSError(errno.EROFS, "Read-only file system", "models/.lock"), "models/.lock: Read-only file system: make it"),
        (OSError("9 requested and 2 written"), "9 requested and 2 written"),
    ],
)
def test_a_failure_of_the_disk_is_told_in_words(
    run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: OSError, words: str
) -> None:
    def fail(_self: FolderStore) -> None:
        raise error

    monkeypatch.setattr(FolderStore, "manifests", fail)

    code, _ = run("models", "list")

    assert code == 1
    assert caplog.messages[-1].startswith(words)


def test_no_rule_at_all_names_the_support_as_it_was_given(
    run: Run, store: FolderStore, caplog: pytest.LogCaptureFixture
) -> None:
    code, _ = run("train", "--dataset", "playlists.csv", "--min-support", "41")

    assert code == 64
    assert "no rule in 40 playlists at min_support 41, min_confidence 0" in caplog.messages[-1]


def test_what_evaluate_could_not_measure_is_null(run: Run, tmp_path: Path) -> None:
    rows = [f"{playlist},{song}" for playlist in range(40) for song in range(playlist % 5, playlist % 5 + 8)]
    (tmp_path / "short.csv").write_text("\n".join(["pid,track_name", *rows]))

    _, text = run("evaluate", "--json", "--dataset", str(tmp_path / "short.csv"))

    by_songs = {found["seed_count"]: found for found in json.loads(text)}
    assert by_songs[5]["rules"]["recall"] > 0
    # No playlist is long enough to ask with so many.
    assert (by_songs[20]["request_count"], by_songs[20]["rules"], by_songs[20]["popularity"]) == (0, None, None)
