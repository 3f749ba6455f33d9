"""Songs whose titles are markup, very long, or no titles at all, and very many of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.recommender import Recommender
from tests.browser.servers import Server, train
from tests.browser.songs import ANCHOR, ARABIC, IMAGE, LONG, ODD, SCRIPT, SHARED, many_songs

On = Callable[..., Recommender]

_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_titles_are_never_markup(on: On, odd_server: Server) -> None:
    page = on(odd_server).open_ready()

    for title in ODD:
        page.choose(title)
    page.expect_recommendations(len(ODD))
    page.type("<")
    page.query.fill('<img src="x">')
    expect(page.suggestions.first).to_contain_text(IMAGE)
    page.track(ANCHOR).get_by_role("button", name="Details").click()

    page.expect_playlist(*ODD)
    expect(page.track(ANCHOR)).to_contain_text("In 3 of the 3 playlists with ")
    assert page.page.evaluate("window.hacked") is None
    assert page.page.locator("main img, main b, main script, #search img").count() == 0
    page.shoot("odd-titles")
    page.expect_accessible()


def test_address_is_never_markup(on: On, odd_server: Server) -> None:
    page = on(odd_server).open_ready(IMAGE, SCRIPT)

    page.expect_playlist(IMAGE, SCRIPT)
    assert page.page.evaluate("window.hacked") is None


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_long_titles_fit(on: On, odd_server: Server, width: int) -> None:
    page = on(odd_server, width=width).open_ready(LONG)

    page.type("donau")

    assert page.page.evaluate(_OVERFLOW) == 0
    page.shoot(f"long-title-{width}")


def test_titles_keep_their_own_direction(on: On, odd_server: Server) -> None:
    page = on(odd_server).open_ready(ANCHOR)

    title = page.track(ARABIC).locator(".title")

    assert title.evaluate("(element) => getComputedStyle(element).direction") == "rtl"


def test_equal_titles_of_several_artists_say_so(on: On, odd_server: Server) -> None:
    page = on(odd_server).open_ready()

    page.type(SHARED)

    expect(page.suggestions).to_have_text(["Hello Adele and 2 othersin 3 playlists"])


def test_songs_named_by_uri_are_shown_by_title(on: On, new_server: Server, tmp_path: Path) -> None:
    train(tmp_path / "models", "--item-column", "track_uri")
    page = on(new_server.start()).open_ready()
    page.choose("Clair de lune")
    page.expect_recommendations(1)
    assert "#song=sample%3Atrack%3A" in page.page.url

    page.page.reload()

    page.expect_recommendations(1)
    page.expect_playlist("Clair de lune")
    expect(page.track("Moonlight Sonata")).to_contain_text("of playlists with Clair de lune")


def test_hundred_thousand_songs_are_searched_as_one_types(on: On, new_server: Server, tmp_path: Path) -> None:
    dataset = many_songs(tmp_path / "many.csv", 100_000)
    train(tmp_path / "models", "--dataset", str(dataset), "--min-support", "1", "--evaluation", "false")
    page = on(new_server.start()).open_ready()
    expect(page.page.locator("#imprint")).to_contain_text("100,000 songs")

    page.query.press_sequentially("song 09999", delay=10)

    expect(page.suggestions).to_have_count(8)
    expect(page.suggestions.first).to_contain_text("Song 099990")
    page.suggestions.first.click()
    page.expect_recommendations(1)
    expect(page.track("Song 099991")).to_contain_text("100 % of playlists with Song 099990")
