"""The site of the documents: built as `make docs` builds it, and opened in a browser."""

import runpy
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

ROOT = Path(__file__).parents[2]


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of the overridden one
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    done = subprocess.run([sys.executable, ROOT / "ci/site", folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def url(site: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_every_document_stands_in_the_navigation(site: Path) -> None:
    documents = {path.relative_to(ROOT).with_suffix(".html") for path in (ROOT / "docs").glob("*.md")}

    assert documents <= {path.relative_to(site) for path in site.rglob("*.html")}


def test_search_finds_and_nothing_comes_from_another_host(browser: Browser, url: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    hosts: set[str] = set()
    faults: list[str] = []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("pageerror", lambda error: faults.append(str(error)))

    for path in ("index.html", "docs/how-it-works.html", "docs/measurements.html"):
        page.goto(f"{url}/{path}")
        expect(page.locator("h1")).to_be_visible()
        wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wide, f"{path} scrolls sideways"
    page.keyboard.press("Control+k")
    page.keyboard.type("exportify")
    expect(page.get_by_text("6. Your own playlists").last).to_be_visible()

    assert hosts == {urlsplit(url).netloc}
    assert not faults
    page.close()


def test_check_finds_links_to_nowhere_and_foreign_hosts(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<h1 id="here">A</h1><a href="#here">1</a><a href="b.html#no">2</a><a href="c.html">3</a>'
        '<a href="https://example.com">4</a><script src="https://example.com/x.js"></script>'
    )
    (tmp_path / "b.html").write_text('<p id="yes"><a href="a.html#here">1</a><img src="none.png">')
    (tmp_path / "x.css").write_text("@font-face { src: url(//example.com/font.woff2) }")
    faults = runpy.run_path(str(ROOT / "ci/site"))["faults"]

    assert sorted(faults(tmp_path)) == [
        "a.html: b.html#no leads to no heading",
        "a.html: c.html leads to no file",
        "a.html: loads https://example.com/x.js from another host",
        "b.html: none.png leads to no file",
        "x.css: loads //example.com/font.woff2 from another host",
    ]
