"""The picture of a run."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from .conftest import Client, Process
from .fake_answers import MODEL_DATE
from .fake_api import NO_MODEL, FakeApi, Mood

imread = pytest.importorskip("matplotlib.image", reason="matplotlib, the extra `plot`, is not installed").imread

RED, BLUE, GREEN = (0xD1, 0x24, 0x2F), (0x1F, 0x6F, 0xEB), (0x1A, 0x7F, 0x37)


def _rollout(api: FakeApi) -> None:
    def mood(_path: str, count: int) -> Mood:
        api.version = "0.2.0 $x_1$" if count >= 8 else "0.1.0"
        return NO_MODEL if count in {4, 5} else Mood()

    api.mood = mood


def test_svg_shows_answers_failures_and_changes(client: Client, api: FakeApi, tmp_path: Path) -> None:
    _rollout(api)
    picture = tmp_path / "rollout.svg"

    done = client("watch", "--interval", "0.1", "--duration", "1.2", "--plot", picture, url=api.url)

    assert done.code == 1
    content = picture.read_text()
    ET.fromstring(content)
    comments = {line.strip() for line in content.splitlines() if line.strip().startswith("<!--")}
    assert "<!-- version 0.2.0 $x_1$ -->" in comments, "a version is no formula"
    assert f"<!-- model {MODEL_DATE[:19]} -->" in comments
    assert "<!-- failed (2) -->" in comments
    assert any("requests 12, failed 2, p50 ms" in comment for comment in comments)
    assert all(f"#{red:02x}{green:02x}{blue:02x}" in content for red, green, blue in (RED, BLUE, GREEN))


def test_png_holds_the_colours_of_answers_failures_and_changes(client: Client, api: FakeApi, tmp_path: Path) -> None:
    _rollout(api)
    picture = tmp_path / "rollout.png"

    client("watch", "--interval", "0.1", "--duration", "1.2", "--plot", picture, url=api.url)

    pixels = (imread(picture)[:, :, :3] * 255).round().astype(int)
    for colour in (RED, BLUE, GREEN):
        assert (pixels == colour).all(axis=2).any()


def test_run_without_a_single_answer_can_be_drawn(client: Client, tmp_path: Path) -> None:
    picture = tmp_path / "rollout.svg"

    done = client("watch", "--interval", "0.1", "--duration", "0.3", "--plot", picture, url="http://127.0.0.1:1")

    assert done.code == 3
    assert "failed (3)" in picture.read_text()


def test_load_is_drawn_as_a_range_from_fastest_to_slowest(client: Client, api: FakeApi, tmp_path: Path) -> None:
    picture = tmp_path / "load.svg"

    client("watch", "--interval", "0.01", "--duration", "0.5", "--plot", picture, url=api.url)

    assert "fastest to slowest within 0.05 s" in picture.read_text()


def test_plot_without_matplotlib_is_refused_before_the_run(process: Process, api: FakeApi, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util\n"
        "found = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, package=None: None if name == 'matplotlib' else found(name, package)\n"
    )

    done = process(
        "watch", "--plot", tmp_path / "a.svg", "--url", api.url, "--duration", "1", env={"PYTHONPATH": str(tmp_path)}
    )

    assert done.code == 2
    assert "--plot needs matplotlib: install playlist-client[plot]" in done.err
    assert api.asked == []
