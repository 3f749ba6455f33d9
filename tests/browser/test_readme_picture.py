"""The picture of the page in the README."""

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Route
from tests.browser.recommender import Recommender
from tests.browser.servers import Server

PICTURE = Path(__file__).parents[2] / "docs" / "page.png"


@pytest.mark.skipif("UPDATE_PAGE_PNG" not in os.environ, reason="UPDATE_PAGE_PNG=1 writes docs/page.png anew")
def test_picture_is_taken(on: Callable[..., Recommender], sample_server: Server) -> None:
    page = on(sample_server, width=1200, height=1000)

    def seeded(route: Route) -> None:
        route.continue_(url=f"{route.request.url}&seed=11")

    page.page.route("**/api/songs/random?*", seeded)
    page.open_ready("Clair de lune", "Greensleeves")

    picture = Image.open(BytesIO(page.page.screenshot(animations="disabled")))
    # A third of the size, and no difference to be seen.
    picture.convert("RGB").quantize(256).save(PICTURE, optimize=True)

    assert PICTURE.stat().st_size < 200_000
