"""Songs of an address that the model does not know, or that stand for several."""

from collections.abc import Callable

from playwright.sync_api import expect
from tests.browser.recommender import Recommender
from tests.browser.servers import Server

On = Callable[..., Recommender]


def test_unknown_song_is_said_not_counted_and_can_be_replaced(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Habanera", "Grensleevs", known=1)

    expect(page.page.locator("#tray-unknown")).to_have_text("1 unknown")
    expect(page.page.locator("#results-note")).to_have_text(
        "1 of your 2 songs is not in this catalogue and does not count."
    )
    page.shoot("unknown-in-address")
    page.expect_accessible()
    page.chosen_song("Grensleevs").get_by_role("button", name="Greensleeves", exact=True).click()

    page.expect_recommendations(2)
    page.expect_playlist("Habanera", "Greensleeves")
    expect(page.page.locator(".question")).to_have_count(0)
    expect(page.page.locator("#results-note")).to_be_hidden()
    assert page.page.url.endswith("#song=Habanera&song=Greensleeves")


def test_unknown_song_can_be_searched_for_and_keeps_its_place(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Moonlite", "Habanera", known=1)

    page.chosen_song("Moonlite").get_by_role("button", name="Search for Moonlite").click()
    expect(page.query).to_have_value("Moonlite")
    page.query.fill("moonlight")
    expect(page.suggestions.first).to_contain_text("Moonlight Sonata")
    page.page.keyboard.press("Enter")

    page.expect_playlist("Moonlight Sonata", "Habanera")


def test_search_that_was_given_up_replaces_nothing_later(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Moonlite", "Habanera", known=1)
    page.chosen_song("Moonlite").get_by_role("button", name="Search for Moonlite").click()
    page.query.blur()

    page.choose("Greensleeves")

    page.expect_playlist("Moonlite", "Habanera", "Greensleeves")


def test_name_of_several_songs_asks_which_one(on: On, odd_server: Server) -> None:
    page = on(odd_server).open_ready("HALO")

    expect(page.chosen.first).to_contain_text("Stands for 2 songs; all of them count. Only one?")
    page.chosen.first.get_by_role("button", name="halo – <b>The halos</b>", exact=True).click()

    page.expect_playlist("halo")
