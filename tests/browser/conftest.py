"""A Chromium, APIs with models, and pages that must end without a fault."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from tests.browser.recommender import Recommender
from tests.browser.servers import Server, train
from tests.browser.songs import odd_playlists

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
NO_CHROMIUM = "no Chromium is installed (Debian, Ubuntu: apt-get install chromium)"
WAIT_MS = 15_000

Open = Callable[..., Recommender]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium: where there is none, tests are skipped, but not in CI."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_CHROMIUM)
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sample_models(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the built-in sample's model; needs a browser so that nothing is trained for skipped tests."""
    volume = tmp_path_factory.mktemp("sample")
    train(volume)
    return volume


@pytest.fixture(scope="session")
def sample_server(sample_models: Path) -> Iterator[Server]:
    """Answers from the built-in sample."""
    server = Server(sample_models).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def odd_server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Answers from playlists with odd songs."""
    volume = tmp_path_factory.mktemp("odd")
    dataset = odd_playlists(volume / "odd.csv")
    train(volume / "models", "--dataset", str(dataset), "--min-support", "1", "--evaluation", "false")
    server = Server(volume / "models").start()
    yield server
    server.stop()


@pytest.fixture
def new_server(browser: Browser, tmp_path: Path) -> Iterator[Server]:
    """Answers from ``tmp_path / "models"``, where there is nothing yet; to be started by the test."""
    server = Server(tmp_path / "models")
    yield server
    server.stop()


@pytest.fixture
def own_server(new_server: Server, sample_models: Path, tmp_path: Path) -> Server:
    """Answers from a copy of the built-in sample's model in ``tmp_path / "models"``; to be started by the test."""
    shutil.copytree(sample_models, tmp_path / "models")
    return new_server


@pytest.fixture
def on(browser: Browser) -> Iterator[Callable[..., Recommender]]:
    """Yield a server's page in a window of its own, on(server, color_scheme="dark"); it must end without a fault."""
    with ExitStack() as stack:
        pages: list[Recommender] = []

        def on(server: Server, width: int = 1280, height: int = 900, **options: object) -> Recommender:
            size = {"width": width, "height": height}
            context = browser.new_context(viewport=size, locale="en-GB", **options)  # type: ignore[arg-type]
            context.set_default_timeout(WAIT_MS)
            pages.append(Recommender(context.new_page(), server.url))
            stack.callback(pages[-1].close)
            return pages[-1]

        yield on
        assert [page.watch.faults for page in pages] == [[] for _ in pages]
