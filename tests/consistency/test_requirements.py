"""requirements/*.txt say exactly what the packages ask for, and no two of them disagree."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
FILES = sorted(path.stem for path in (ROOT / "requirements").glob("*.txt"))
PACKAGES = {"model": "libs/model", "runtime": "libs/runtime", "trainer": "services/trainer", "api": "services/api",
            "client": "clients/cli", "bump": "clients/bump"}  # fmt: skip
OURS = {"playlist-model": "libs/model", "playlist-runtime": "libs/runtime", "playlist-trainer": "services/trainer"}


def pinned(file: str) -> dict[str, Version]:
    """Name and version of each package that a requirement file pins."""
    text = (ROOT / "requirements" / f"{file}.txt").read_text()
    return {
        canonicalize_name(name): Version(version)
        for name, version in re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)
    }


def declared(folder: str) -> Iterator[Requirement]:
    """What a package asks for, its extras and what our own packages ask for included; Spark has a file of its own."""
    project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]
    extras = [extra for name, extra in project.get("optional-dependencies", {}).items() if name != "spark"]
    for text in [*project["dependencies"], *(text for extra in extras for text in extra)]:
        if text in OURS:
            yield from declared(OURS[text])
        else:
            yield Requirement(text)


@pytest.mark.parametrize("file", PACKAGES)
def test_each_dependency_of_a_package_is_pinned_to_a_version_that_it_allows(file: str) -> None:
    versions = pinned(file)

    for requirement in declared(PACKAGES[file]):
        version = versions.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement} is not in requirements/{file}.txt: run make lock"
        assert version in requirement.specifier, (
            f"{requirement.name} {version} is not {requirement.specifier}: make lock"
        )


def test_what_the_engine_spark_needs_is_pinned_beside_all_that_the_trainer_has() -> None:
    project = tomllib.loads((ROOT / "services/trainer/pyproject.toml").read_text())["project"]
    versions = pinned("spark")

    assert pinned("trainer").items() <= versions.items(), "run make lock"
    for text in project["optional-dependencies"]["spark"]:
        requirement = Requirement(text)
        assert versions.get(canonicalize_name(requirement.name)) in requirement.specifier, "run make lock"


def test_tools_of_the_development_groups_are_pinned() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]

    for group, entries in groups.items():
        for entry in entries:
            if isinstance(entry, str):
                requirement = Requirement(entry)
                assert pinned(group).get(canonicalize_name(requirement.name)) in requirement.specifier, (
                    f"{entry} is not in requirements/{group}.txt: run make lock"
                )


@pytest.mark.parametrize("file", [name for name in FILES if name not in {"dev", "uv", "bench", "s3", "spark"}])
def test_no_file_pins_another_version_than_the_one_resolution(file: str) -> None:
    everything = pinned("dev")

    assert {name: version for name, version in pinned(file).items() if everything.get(name) != version} == {}


@pytest.mark.parametrize("file", FILES)
def test_every_pin_has_a_hash_and_no_host_is_named(file: str) -> None:
    text = (ROOT / "requirements" / f"{file}.txt").read_text()

    pins = [line for line in text.splitlines() if "==" in line and not line.startswith((" ", "#"))]
    assert all(line.endswith("\\") for line in pins), "each pin is followed by its hashes"
    assert text.count("--hash=sha256:") >= len(pins)
    assert "://" not in text


def test_every_package_has_the_same_version_and_the_changelog_names_it() -> None:
    versions = {
        tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]["version"]
        for folder in PACKAGES.values()
    }

    assert len(versions) == 1
    assert f"## {versions.pop()}" in (ROOT / "CHANGELOG.md").read_text()
