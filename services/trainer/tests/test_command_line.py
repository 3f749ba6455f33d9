"""playlist-trainer as its users run it: a process with flags, an environment, output and an exit code."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from playlist_model import FolderStore, writing
from playlist_runtime.settings import settings_of
from playlist_trainer.settings import Settings

DENSE = "pid,track_name\n" + "".join(f"{pid},song {song}\n" for pid in range(60) for song in range(40))


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PLAYLIST_")}
    return kept | dict(extra or {})


def started(*arguments: str | Path, **environment: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "playlist_trainer", *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean_environment(environment)
    )


def run(*arguments: str | Path, **environment: str) -> tuple[int, str, str]:
    with started(*arguments, **environment) as process:
        output, errors = process.communicate(timeout=60)
    return process.returncode, output, errors


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder with one model of the built-in sample."""
    folder = tmp_path / "models"
    code, _, errors = run("train", "--model-dir", folder)
    assert code == 0, errors
    return folder


def test_training_on_the_sample_publishes_and_a_second_one_finds_nothing_to_do(models: Path) -> None:
    code, output, errors = run("train", "--model-dir", models)

    assert code == 0
    assert output == ""
    assert "nothing to do" in json.loads(errors.splitlines()[-1])["message"]


def test_environment_variables_say_the_same_as_flags(tmp_path: Path) -> None:
    code, _, errors = run(
        "train",
        PLAYLIST_MODEL_DIR=str(tmp_path / "models"),
        PLAYLIST_MIN_SUPPORT="20",
        PLAYLIST_LOG_FORMAT="text",
        PLAYLIST_EVALUATION="false",
    )

    assert code == 0, errors
    manifest = FolderStore(tmp_path / "models").load_current().manifest
    assert manifest.parameters["min_support"] == 20
    assert manifest.evaluation == {}
    assert "published model" in errors.splitlines()[-1]


def test_every_bad_setting_is_named_in_one_message(tmp_path: Path) -> None:
    code, _, errors = run(
        "train", "--min-support", "1.5", "--engine", "magic", PLAYLIST_MAX_LENGTH="-1", PLAYLIST_MEMORY_LIMIT="much"
    )

    assert code == 64
    (line,) = errors.splitlines()
    for name in ("--min-support", "--engine", "PLAYLIST_MAX_LENGTH", "PLAYLIST_MEMORY_LIMIT"):
        assert name in line
    assert "expected one of eclat, efficient-apriori" in line


@pytest.mark.parametrize(
    "arguments", [[], ["traim"], ["train", "--min-suport", "1"], ["models"], ["models", "rollback"]]
)
def test_wrong_usage_ends_with_code_64_and_shows_how(arguments: list[str]) -> None:
    code, _, errors = run(*arguments)

    assert code == 64
    assert "usage: playlist-trainer" in errors


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["train", "mine.csv"], "unrecognized arguments: mine.csv: give the file as --dataset mine.csv\n"),
        (["tune", "mine.csv", "--json"], "unrecognized arguments: mine.csv: give the file as --dataset mine.csv\n"),
        (["train", "--item-colum", "song"], "unrecognized arguments: --item-colum song\n"),
        (["models", "list", "--js"], "unrecognized arguments: --js\n"),
        (["models", "list", "mine.csv"], "unrecognized arguments: mine.csv\n"),
    ],
)
def test_what_no_command_takes_is_named_with_the_flag_that_takes_it(arguments: list[str], expected: str) -> None:
    code, _, errors = run(*arguments)

    assert code == 64
    assert expected in errors


def test_help_names_the_environment_variable_and_default_of_each_flag() -> None:
    _, output, _ = run("train", "--help")

    text = " ".join(output.split())
    for setting in settings_of(Settings).values():
        if setting.flag:
            assert setting.flag in text
            assert setting.environment in text


def test_last_line_goes_to_the_termination_message(tmp_path: Path) -> None:
    message = tmp_path / "termination-log"
    message.touch()

    code, _, _ = run(
        "train", "--dataset", "/nowhere.csv", "--model-dir", tmp_path / "m", PLAYLIST_TERMINATION_LOG=str(message)
    )

    assert code == 64
    assert "/nowhere.csv: no such file" in message.read_text()


def test_itemsets_are_csv_with_their_counts(tmp_path: Path) -> None:
    dataset = tmp_path / "data.csv"
    dataset.write_text('pid,track_name\n1,"A ""quoted"", one"\n1,B\n2,B\n')

    code, output, errors = run("itemsets", "--dataset", dataset, "--min-support", "1", "--max-length", "0")

    assert code == 0, errors
    rows = list(csv.DictReader(io.StringIO(output)))
    assert [(r["size"], r["support_count"], r["support"], json.loads(r["itemset"])) for r in rows] == [
        ("1", "2", "1.0", ["B"]),
        ("1", "1", "0.5", ['A "quoted", one']),
        ("2", "1", "0.5", ["B", 'A "quoted", one']),
    ]


def test_evaluation_prints_a_table_or_json() -> None:
    _, table, _ = run("evaluate")
    _, output, _ = run("evaluate", "--json")

    assert table.splitlines()[0].split()[-2:] == ["catalogue", "coverage"]
    evaluations = json.loads(output)
    assert [e["seed_count"] for e in evaluations] == [1, 5, 20]
    assert evaluations[1]["rules"]["recall"] > 2 * evaluations[1]["popularity"]["recall"]


def test_models_are_listed_shown_exported_and_rolled_back_to(models: Path, tmp_path: Path) -> None:
    run("train", "--model-dir", models, "--min-support", "9")
    _, output, _ = run("models", "list", "--model-dir", models, "--json")
    newest, oldest = json.loads(output)
    assert (newest["current"], oldest["current"]) == (True, False)

    code, output, _ = run("models", "show", oldest["model_id"], "--model-dir", models)
    assert code == 0
    assert json.loads(output)["fingerprint"] == oldest["fingerprint"]

    code, _, _ = run("models", "export", tmp_path / "rules.csv", "--model-dir", models)
    assert code == 0
    with (tmp_path / "rules.csv").open(newline="", encoding="utf-8") as file:
        rules = list(csv.DictReader(file))
    assert len(rules) == newest["rule_count"]
    assert all(int(rule["support_count"]) >= 9 for rule in rules)
    rule = rules[0]
    assert float(rule["confidence"]) == pytest.approx(
        int(rule["support_count"]) / int(rule["antecedent_support_count"])
    )
    assert float(rule["lift"]) == pytest.approx(
        float(rule["confidence"]) / (int(rule["consequent_support_count"]) / 400)
    )

    code, _, _ = run("models", "rollback", oldest["model_id"], "--model-dir", models)
    assert code == 0
    _, output, _ = run("models", "list", "--model-dir", models)
    assert [line.split()[1] for line in output.splitlines()] == ["state", "kept", "current"]


def test_rolling_back_to_an_unknown_model_names_the_kept_ones(models: Path) -> None:
    code, _, errors = run("models", "rollback", "no-such-model", "--model-dir", models)

    assert code == 64
    assert FolderStore(models).model_ids()[0] in errors


def test_reader_of_a_pipe_may_leave_early(models: Path) -> None:
    with started("models", "export", "-", "--model-dir", models) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        process.wait(timeout=60)
        assert "Broken pipe" not in process.stderr.read()


def test_held_lock_is_a_failure_that_may_pass(models: Path) -> None:
    with writing(FolderStore(models)):
        code, _, errors = run("train", "--model-dir", models, "--force", "--lock-timeout", "0.2")

    assert code == 1
    assert "another trainer" in errors


def test_second_trainer_waits_for_the_first(tmp_path: Path) -> None:
    both = [started("train", "--model-dir", tmp_path / "models") for _ in range(2)]

    said = []
    for process in both:
        with process:
            _, errors = process.communicate(timeout=60)
        assert process.returncode == 0
        said.append(errors)
    assert sum("published model" in text for text in said) == 1
    assert sum("nothing to do" in text for text in said) == 1


def test_sigterm_ends_a_training_within_a_second_and_leaves_the_folder_whole(models: Path, tmp_path: Path) -> None:
    dataset = tmp_path / "dense.csv"
    dataset.write_text(DENSE)
    before = FolderStore(models).pointer()
    # Forty songs that always stand together have 2**40 itemsets: this would run for as long as the cap lets it.
    endless = (
        "train",
        "--model-dir",
        models,
        "--dataset",
        dataset,
        "--max-length",
        "0",
        "--engine",
        "efficient-apriori",
    )
    with started(*endless, "--log-level", "debug") as process:
        assert process.stderr is not None
        while "finished stage encode" not in process.stderr.readline():
            assert process.poll() is None
        time.sleep(0.2)
        sent = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)
        took = time.monotonic() - sent
        assert process.returncode == 143
        assert "stopped by SIGTERM" in process.stderr.read()

    assert took < 5, "a second is what is promised; five is what a slow machine gets"
    assert FolderStore(models).pointer() == before


def test_memory_limit_is_honoured_and_says_what_to_change(tmp_path: Path) -> None:
    dataset = tmp_path / "dense.csv"
    dataset.write_text(DENSE)

    code, _, errors = run(
        "train", "--model-dir", tmp_path / "m", "--dataset", dataset, "--max-length", "0",
        "--max-itemsets", "1000000000", "--memory-limit", "300Mi",
    )  # fmt: skip

    assert code == 64
    assert "memory limit of 300 MiB" in errors.splitlines()[-1]
    assert "raise min_support" in errors
    assert FolderStore(tmp_path / "m").model_ids() == []


@pytest.mark.parametrize("kind", ["ValueError", "OSError", "KeyError", "RecursionError"])
def test_unexpected_failure_says_where_and_hides_what_may_be_a_credential(tmp_path: Path, kind: str) -> None:
    message = tmp_path / "termination-log"
    message.touch()
    failing = (
        "import sys\n"
        "from playlist_trainer import __main__, reconcile\n"
        f"def fail(*_): raise {kind}('https://me:hunter2@host/x.csv?token=hunter2')\n"
        "reconcile.fetch = fail\n"
        f"sys.exit(__main__.main(['train', '--model-dir', {str(tmp_path / 'm')!r}]))\n"
    )

    ran = subprocess.run(
        [sys.executable, "-c", failing],
        capture_output=True,
        text=True,
        check=False,
        env=clean_environment({"PLAYLIST_TERMINATION_LOG": str(message)}),
    )

    assert ran.returncode == 1
    assert "hunter2" not in ran.stdout + ran.stderr + message.read_text()
    assert "https://(hidden)@host/x.csv?(hidden)" in message.read_text()
    if kind != "OSError":
        assert "in reconcile" in json.loads(ran.stderr.splitlines()[0])["traceback"]


@pytest.mark.parametrize("arguments", [["https://me:hunter2@host"], ["train", "https://me:hunter2@host"]])
def test_address_where_none_belongs_is_not_repeated(arguments: list[str]) -> None:
    code, _, errors = run(*arguments)

    assert code == 64
    assert "hunter2" not in errors


def test_a_run_that_finds_nothing_to_do_imports_nothing_that_takes_long(models: Path) -> None:
    """Polars alone takes longer to import than such a run may take in all."""
    program = (
        "import sys; from playlist_trainer.__main__ import main; code = main(sys.argv[1:]); "
        "slow = {'numpy', 'polars', 'requests', 'obstore', 'efficient_apriori', 'zstandard'}; "
        "print(code, *sorted(slow & sys.modules.keys()))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, "train", "--model-dir", models],
        capture_output=True,
        check=True,
        text=True,
        env=clean_environment(),
    )

    assert done.stdout.split() == ["0"]
    assert "nothing to do" in done.stderr
