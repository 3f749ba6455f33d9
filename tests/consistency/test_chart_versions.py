"""One version for the product, in packages and images; the chart's own moves apart."""

import tomllib
from pathlib import Path

import yaml
from packaging.version import Version
from tests.chart.rendering import CHART, DEFAULTS, ROOT

PACKAGES = sorted(path for path in ROOT.glob("*/*/pyproject.toml") if ".venv" not in str(path))


def _version(pyproject: Path) -> str:
    found: str = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["version"]
    return found


def test_packages_and_the_images_of_the_chart_have_one_version() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    versions = {str(path.parent.relative_to(ROOT)): _version(path) for path in PACKAGES}

    assert len(versions) >= 6
    # The chart's own version is another number: a release raises both.
    assert set(versions.values()) == {chart["appVersion"]}
    assert Version(chart["version"]) >= Version("0.2.0")


def test_images_are_built_under_the_names_that_the_chart_asks_for() -> None:
    script = (ROOT / "ci/images").read_text(encoding="utf-8")

    for component in ("api", "trainer"):
        prefix, _, name = DEFAULTS[component]["image"]["repository"].rpartition("-")
        assert name == component
        assert f"IMAGE_PREFIX:-{prefix}}}" in script


def test_every_target_that_is_built_is_in_the_dockerfile() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")

    for component in ("api", "trainer"):
        assert f" AS {component}\n" in dockerfile


def test_builder_and_developers_use_the_same_uv() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")

    assert '--requirement", "requirements/uv.txt"' in dockerfile
    assert "requirements/uv.txt" in (ROOT / "ci/fetch-uv").read_text(encoding="utf-8")


def test_commands_of_the_images_and_the_drain_are_the_packages_own() -> None:
    for service in ("trainer", "api"):
        scripts = tomllib.loads((ROOT / f"services/{service}/pyproject.toml").read_text(encoding="utf-8"))
        entry = f'ENTRYPOINT ["playlist-{service}"]'
        assert f"playlist-{service}" in scripts["project"]["scripts"]
        assert entry in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_api_image_is_installed_without_polars() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    stage = dockerfile.split(" AS api-environment\n")[1].split("\nFROM ")[0]

    assert "requirements/api.txt" in stage
    assert "trainer" not in stage
    assert "polars" not in (ROOT / "requirements/api.txt").read_text(encoding="utf-8")
