"""The workflows, as actionlint and zizmor see them, and what they must not hold: logic and loose pins."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
# What people copy to .github/workflows is held to the same.
WORKFLOWS = [*sorted((ROOT / ".github/workflows").glob("*.yml")), ROOT / "ci/bump-examples/watch-workflow.yaml"]


def test_actionlint_is_content() -> None:
    if not shutil.which("actionlint"):
        pytest.skip("no actionlint in PATH: ci/fetch-tools builds it")

    done = subprocess.run(["actionlint", *WORKFLOWS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_zizmor_is_content() -> None:
    zizmor = Path(sys.executable).with_name("zizmor")
    command = [zizmor, "--offline", "--no-progress", "--persona", "pedantic", *WORKFLOWS]

    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: str(path.name))
def test_actions_are_pinned_to_commits_and_rights_are_named(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)

    assert all(re.fullmatch(r"\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+", use) for use in re.findall(r"uses: (.*)", text))
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert job["permissions"]
        assert job["timeout-minutes"] <= 90


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: str(path.name))
def test_steps_call_what_people_call(path: Path) -> None:
    for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values():
        lines = [line for step in job["steps"] for line in step.get("run", "").splitlines()]
        assert lines
        assert not [line for line in lines if re.match(r"\s*(if|for|while|case|function) ", line)]
        for script in re.findall(r"(?:^|\s)(\.?ci/[\w-]+)", "\n".join(lines)):
            assert (ROOT / script).is_file()
