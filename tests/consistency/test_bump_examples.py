"""The examples beside ci/bump, which can't be run here, name what exists."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from playlist_bump.values_text import edited, value_at, values_of

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "ci/bump-examples"
FILES = sorted(path for path in EXAMPLES.iterdir() if path.suffix != ".md")
STAGING = "argocd/environments/staging/values.yaml"


def _yaml(name: str) -> Any:
    return yaml.safe_load((EXAMPLES / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_says_that_it_was_not_run_and_can_be_read(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert "Not run here." in text
    assert yaml.safe_load(text)
    assert path.name in (EXAMPLES / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("component", ["api", "trainer"])
def test_renovate_finds_the_components_own_tag_and_never_the_others(component: str) -> None:
    managers = json.loads((EXAMPLES / "renovate.json").read_text())["customManagers"]
    (manager,) = [each for each in managers if each["depNameTemplate"].endswith(f"-{component}")]
    (pattern,) = manager["matchStrings"]
    values = (ROOT / STAGING).read_text(encoding="utf-8")
    tags = {"api.image.tag": "0.1.1", "trainer.image.tag": "0.1.2"}
    own = f"{component}.image.tag"

    def found(text: str) -> list[str]:
        return re.findall(pattern.replace("(?<", "(?P<"), text)

    assert found(edited(values, tags)) == [tags[own]]
    assert found(edited(values, tags | {own: ""})) == []
    assert re.search(manager["managerFilePatterns"][0].strip("/"), STAGING)


def test_updatecli_and_image_updater_edit_tags_of_staging() -> None:
    updatecli, updater = _yaml("updatecli.yaml"), _yaml("argocd-image-updater.yaml")["spec"]
    specs = [target["spec"] for target in updatecli["targets"].values()]
    (application,) = updater["applicationRefs"]
    keys = [spec["key"].removeprefix("$.") for spec in specs]
    keys += [image["manifestTargets"]["helm"]["tag"] for image in application["images"]]

    assert {spec["file"] for spec in specs} == {STAGING}
    assert updater["writeBackConfig"]["gitConfig"]["writeBackTarget"] == f"helmvalues:/{STAGING}"
    assert sorted(keys) == sorted(["api.image.tag", "trainer.image.tag"] * 2)
    values = values_of((ROOT / STAGING).read_text(encoding="utf-8"))
    assert all(value_at(values, key) is not None for key in keys)


def test_both_watches_run_commands_that_the_makefile_and_the_package_have() -> None:
    job = _yaml("watch-cronjob.yaml")["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["args"][0]
    steps = _yaml("watch-workflow.yaml")["jobs"]["watch"]["steps"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    for commands in (job, "\n".join(step.get("run", "") for step in steps)):
        assert "make .venvs/bump/.made\n" in commands
        assert ".venvs/bump/bin/playlist-bump watch --environment staging" in commands
    assert re.search(r"^UNITS :=.* bump\b", makefile, re.MULTILINE)
