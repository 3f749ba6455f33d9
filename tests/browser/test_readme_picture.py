"""The pictures of the page in the README."""

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Route, expect
from tests.browser.recommender import Recommender
from tests.browser.servers import Server

DOCS = Path(__file__).parents[2] / "docs"

pytestmark = pytest.mark.skipif("UPDATE_PAGE_PNG" not in os.environ, reason="UPDATE_PAGE_PNG=1 writes them anew")


def test_picture_of_the_recommendations_is_taken(on: Callable[..., Recommender], sample_server: Server) -> None:
    page = on(sample_server, width=1200, height=860)

    def seeded(route: Route) -> None:
        route.continue_(url=f"{route.request.url}&seed=11")

    page.page.route("**/api/songs/random?*", seeded)
    page.open_ready("Clair de lune", "Greensleeves")
    page.track("Moonlight Sonata").locator(".place").click()

    save(page, "page.png")


def test_picture_of_the_map_is_taken(on: Callable[..., Recommender], sample_server: Server) -> None:
    page = on(sample_server, width=1200, height=860, color_scheme="dark")

    def seeded(route: Route) -> None:
        route.continue_(url=f"{route.request.url}&seed=11")

    page.page.route("**/api/songs/random?*", seeded)
    page.open_ready("Clair de lune", "Greensleeves")
    page.open_map()
    page.column(1).filter(has_text="Moonlight Sonata").click()
    expect(page.column(2).first).to_be_visible()

    save(page, "page-map.png")


def save(page: Recommender, name: str) -> None:
    """Write what is seen, at a third of the size and with no difference to be seen."""
    page.page.mouse.move(0, 0)
    picture = Image.open(BytesIO(page.page.screenshot(animations="disabled")))
    picture.convert("RGB").quantize(256).save(DOCS / name, optimize=True)

    assert (DOCS / name).stat().st_size < 200_000
