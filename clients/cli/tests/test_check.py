"""``check``: any server against the contract of the assignment."""

import csv
import io
import json
from pathlib import Path

import pytest

from .conftest import Client, Done, Process
from .fake_api import FakeApi, Mood
from .student_server import StudentServer
from .terminal import Terminal


def _outcomes(done: Done) -> dict[str, str]:
    return {check["check"]: check["outcome"] for check in json.loads(done.out)["checks"]}


def test_server_of_a_student_that_keeps_the_contract_passes_and_is_reported(client: Client, tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    with StudentServer() as server:
        done = client("check", server.url, "--report", report)

    assert done.code == 0
    assert done.lines[0].startswith("pass\tsongs are answered with songs, version, model_date\t1 song\t")
    assert done.lines[-1] == f"PASS: 13 of 13 checks passed; report: {report}"
    text = report.read_text()
    assert text.startswith(f"# Check of {server.url}/api/recommend\n\n**PASS: 13 of 13 checks passed**, 20")
    assert "Version 1.0, model of 2026-11-22." in text
    assert text.count("| ✓ |") == 13
    assert "## " not in text


def test_name_that_the_assignment_gives_the_endpoint_is_found(client: Client, tmp_path: Path) -> None:
    with StudentServer(path="/api/recommender") as server:
        done = client("check", server.url, "--report", tmp_path / "a.md", "--json")

    assert done.code == 0
    assert json.loads(done.out)["endpoint"] == f"{server.url}/api/recommender"


def test_wrong_request_that_is_the_servers_error_fails_and_the_report_shows_how_to_see_it(
    client: Client, tmp_path: Path
) -> None:
    report = tmp_path / "report.md"
    with StudentServer(is_careful=False) as server:
        done = client("check", server.url, "--report", report, "--output", "json")

    assert done.code == 1
    assert [name for name, outcome in _outcomes(done).items() if outcome == "fail"] == [
        "songs missing",
        "songs is a text, not a list",
        "songs is a list of numbers",
        "a list instead of an object",
        "a body that is not JSON",
    ]
    assert "FAIL: 8 of 13 checks passed" in done.err
    assert "## Failed: songs missing\n\n500 Internal Server Error; a bad request" in report.read_text()
    assert f"curl -i {server.url}/api/recommend -H 'Content-Type: application/json' -d '{{}}'" in report.read_text()


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"songs": "Africa"}, 'songs is the text "Africa", expected a list of texts'),
        ({"version": 1}, "version is the number 1, expected a text"),
        ({"model_date": None}, "model_date is missing, expected a text"),
        ({"model_date": ""}, "model_date is empty"),
    ],
    ids=str,
)
def test_answer_without_the_three_keys_fails(
    client: Client, tmp_path: Path, more: dict[str, object], found: str
) -> None:
    with StudentServer(more=more) as server:
        done = client("check", server.url, "--reload", "5", "--report", tmp_path / "a.md", "--json")

    assert done.code == 1
    assert json.loads(done.out)["checks"][0]["found"] == found
    assert json.loads(done.out)["checks"][-1]["found"] == "no answer before it kept the contract"
    assert json.loads(done.out)["passed"] is False


def test_what_the_contract_allows_but_is_odd_is_a_warning(client: Client, tmp_path: Path) -> None:
    with StudentServer(content_type="text/html") as server:
        html = client("check", server.url, "--report", tmp_path / "a.md", "--json")
    with StudentServer(more={"songs": []}) as server:
        empty = client("check", server.url, "--report", tmp_path / "b.md")

    assert html.code == 0
    assert json.loads(html.out)["checks"][0]["found"] == "Content-Type is text/html, expected application/json"
    assert empty.code == 0
    assert "PASS: 10 of 13 checks passed, 3 with a warning" in empty.out
    assert "## Warning: one song" not in (tmp_path / "b.md").read_text()


def test_same_question_with_another_answer_from_the_same_model_is_a_warning(client: Client, tmp_path: Path) -> None:
    class Fickle(StudentServer):
        def answer(self, body: bytes) -> tuple[int, dict[str, object]]:
            self.more = {"songs": [f"Song {self.asked}"]}
            return super().answer(body)

    with Fickle() as server:
        done = client("check", server.url, "--report", tmp_path / "a.md", "--json")

    assert done.code == 0
    assert _outcomes(done)["the same songs again"] == "warn"


def test_reload_is_seen_and_every_answer_meanwhile_is_checked(client: Client, tmp_path: Path) -> None:
    arguments = ("--reload", "20", "--report", tmp_path / "a.md", "--json")
    with StudentServer(model_dates=["old"] * 15 + ["new"]) as server:
        good = client("check", server.url, *arguments)
    with StudentServer(model_dates=["old"] * 14 + [""] + ["new"]) as server:
        bad = client("check", server.url, *arguments)

    name = "model_date changes while it is asked"
    assert (good.code, _outcomes(good)[name]) == (0, "pass")
    assert json.loads(good.out)["model_date"] == "new"
    assert "publish a new model now; waiting up to 20 s" in good.err
    assert (bad.code, _outcomes(bad)[name]) == (1, "fail")
    assert json.loads(bad.out)["checks"][-1]["found"] == "a request failed meanwhile: model_date is empty"


def test_reload_that_does_not_come_is_given_up_after_its_time(client: Client, tmp_path: Path) -> None:
    with StudentServer() as server:
        done = client("check", server.url, "--reload", "0.3", "--report", tmp_path / "a.md")

    assert done.code == 1
    assert "still the same after " in done.out
    assert server.asked <= 1 + 13 + 2, "one to find the path, one per check, one per quarter of a second"


def test_words_of_a_server_do_not_become_markup_of_the_report(client: Client, tmp_path: Path) -> None:
    with StudentServer(more={"version": "1|<b>*2*\n\x1b[2J"}) as server:
        client("check", server.url, "--report", tmp_path / "a.md")

    assert "Version 1\\|\\<b\\>\\*2\\*��\\[2J, model" in (tmp_path / "a.md").read_text()


def test_password_of_the_address_is_in_no_report(client: Client, tmp_path: Path) -> None:
    with StudentServer(is_careful=False) as server:
        url = server.url.replace("//", "//me:secret@")
        done = client("check", url, "--report", tmp_path / "a.md", "--json")

    assert "secret" not in done.out + done.err + (tmp_path / "a.md").read_text()


def test_list_of_checks_reads_back_as_csv(client: Client, tmp_path: Path) -> None:
    with StudentServer() as server:
        done = client("check", server.url, "--report", tmp_path / "a.md", "--output", "csv")

    rows = list(csv.DictReader(io.StringIO(done.out, newline=""), strict=True))
    assert len(rows) == 13
    assert {row["outcome"] for row in rows} == {"pass"}


def test_terminal_shows_a_row_per_check_and_the_verdict(process: Process, tmp_path: Path) -> None:
    with StudentServer() as server:
        command = [*process.command, "check", server.url, "--report", str(tmp_path / "a.md")]
        with Terminal(command, process.environment, columns=120) as terminal:
            assert terminal.end() == 0

    lines = terminal.text.splitlines()
    assert lines[6].split("  ", 2)[:2] == ["✓", "songs missing"]
    assert lines[6].rstrip().endswith("  rejected with 400 Bad Request")
    assert lines[13] == f"PASS: 13 of 13 checks passed; report: {tmp_path}/a.md"


def test_redirect_is_no_answer_and_accepts_nothing(client: Client, tmp_path: Path) -> None:
    with FakeApi(mood=lambda _path, _count: Mood(location="https://music.example/api/recommend")) as api:
        done = client("check", api.url, "--report", tmp_path / "a.md", "--json")

    found = {check["check"]: check for check in json.loads(done.out)["checks"]}
    led = "redirects to https://music.example; give that address as --url"
    assert (found["one song"]["outcome"], found["one song"]["found"]) == ("fail", led)
    assert found["songs missing"]["outcome"] == "warn"
    assert found["songs missing"]["found"] == f"{led}; 400 or 422 would say what is wrong"


def test_nothing_at_the_address_is_exit_code_3_and_no_report(client: Client, tmp_path: Path) -> None:
    done = client("check", "http://127.0.0.1:1", "--report", tmp_path / "a.md")

    assert done.code == 3
    assert not (tmp_path / "a.md").exists()


def test_wrong_use_is_told_before_anything_is_sent(client: Client, tmp_path: Path) -> None:
    with StudentServer() as server:
        twice = client("check", server.url, "--url", server.url)
        nowhere = client("check", server.url, "--report", tmp_path / "none/a.md")

    assert (twice.code, nowhere.code, server.asked) == (2, 2, 0)
    assert "the address is given twice" in twice.err
    assert "its folder does not exist" in nowhere.err
