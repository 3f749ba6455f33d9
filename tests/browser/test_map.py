"""The map of the strongest rules around the choice."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tests.browser.recommender import Recommender
from tests.browser.servers import Server

On = Callable[..., Recommender]


def test_map_shows_the_strongest_rules_and_a_list_that_says_the_same(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Clair de lune", "Habanera")

    page.open_map()

    expect(page.column(0).locator(".title")).to_have_text(["Clair de lune", "Habanera"])
    expect(page.column(1).locator(".title")).to_have_text(page.titles()[:8])
    expect(page.column(1).filter(has_text="Für Elise").locator(".node-share")).to_have_text("44 %")
    lines = page.page.locator("#map-lines path").count()
    page.page.get_by_text("The map as a list").click()
    expect(page.page.locator("#map-list li")).to_have_count(lines)
    expect(page.page.locator("#map-list")).to_contain_text("Clair de lune → Für Elise: 27 of 62 playlists")
    page.shoot("map")
    page.expect_accessible()


def test_map_is_walked_by_clicks(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Clair de lune")
    page.open_map()

    page.column(1).filter(has_text="Moonlight Sonata").click()

    expect(page.column(2).first).to_contain_text("Clair de lune")
    about = page.page.locator("#map-about")
    expect(about).to_contain_text("45 % of playlists with Clair de lune")
    page.shoot("map-walked")
    page.expect_accessible()
    about.get_by_role("button", name="Add to playlist").click()
    page.expect_playlist("Clair de lune", "Moonlight Sonata")
    expect(page.column(0).locator(".title")).to_have_text(["Clair de lune", "Moonlight Sonata"])


def test_map_is_walked_by_keyboard(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Clair de lune", "Habanera")
    page.open_map()
    press = page.page.keyboard.press

    page.column(0).first.focus()
    press("ArrowDown")
    expect(page.column(0).nth(1)).to_be_focused()
    press("ArrowRight")
    expect(page.column(1).first).to_be_focused()
    press("ArrowRight")
    expect(page.column(2).first).to_be_focused()
    press("Enter")
    expect(page.column(3).first).to_be_visible()
    expect(page.column(2).first).to_be_focused()
    press("ArrowLeft")
    expect(page.column(1).first).to_be_focused()
    page.page.get_by_role("button", name="Back to the start").click()

    expect(page.column(0).first).to_be_focused()
    expect(page.page.locator("#map-columns .column")).to_have_count(2)


def test_map_leads_to_more_like_a_song(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Clair de lune")
    page.open_map()
    page.column(1).filter(has_text="Moonlight Sonata").click()

    page.page.locator("#map-about").get_by_role("button", name="More like this").click()

    expect(page.heading).to_have_text("More like Moonlight Sonata")
    expect(page.tracks.first).to_be_visible()


def test_song_without_rules_leads_nowhere_and_says_so(on: On, odd_server: Server) -> None:
    page = on(odd_server).open("No such song")

    page.page.get_by_role("button", name="Map", exact=True).click()

    expect(page.page.locator("#map-empty")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1920, "light")])
def test_map_fits_every_screen(on: On, sample_server: Server, width: int, scheme: str) -> None:
    page = on(sample_server, width=width, color_scheme=scheme).open_ready("Clair de lune", "Habanera")
    if width < 1440:
        page.open_map()
    expect(page.nodes.first).to_be_visible()

    page.column(1).first.click()
    expect(page.column(2).first).to_be_visible()

    frame = page.page.locator("#map-frame").bounding_box()
    assert frame
    for box in (node.bounding_box() for node in page.nodes.all()):
        assert box
        assert frame["x"] - 1 <= box["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"] + 1
    page.shoot(f"map-{width}-{scheme}")
    page.expect_accessible()
