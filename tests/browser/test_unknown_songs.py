"""Titles that the model does not know, or that stand for several songs."""

from collections.abc import Callable

from playwright.sync_api import expect
from tests.browser.recommender import Recommender
from tests.browser.servers import Server

On = Callable[..., Recommender]


def test_misspelt_title_is_answered_with_close_ones_to_choose_from(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()
    page.query.fill("Clar de lunne")

    page.page.keyboard.press("Enter")

    question = page.page.get_by_role("group", name="“Clar de lunne” is not in this catalogue. Did you mean:")
    expect(question.get_by_role("button", name="Clair de lune Claude Debussy")).to_be_visible()
    page.shoot("did-you-mean", whole=False)
    page.expect_accessible()
    question.get_by_role("button", name="Clair de lune Claude Debussy").click()
    expect(page.chips).to_have_text(["Clair de lune×"])
    expect(question).to_have_count(0)
    expect(page.query).to_have_value("")
    page.expect_recommendations(1)


def test_part_of_a_title_is_answered_with_the_titles_that_hold_it(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()
    page.query.fill("clair")

    page.page.keyboard.press("Enter")

    expect(page.page.locator("#matches").get_by_role("button", name="Clair de lune Claude Debussy")).to_be_visible()


def test_title_in_other_letters_is_chosen_under_its_own_name(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()
    page.query.fill("  CLAIR   de LÜNE ")

    page.page.keyboard.press("Enter")

    expect(page.chips).to_have_text(["Clair de lune×"])


def test_title_that_reads_like_no_other_is_told_plainly_and_can_be_closed(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()
    page.query.fill("qqqqqqq")

    page.page.keyboard.press("Enter")

    nothing = page.page.get_by_text("“qqqqqqq” is not in this catalogue. Nothing in it reads like that, either.").first
    expect(nothing).to_be_visible()
    page.shoot("unknown", whole=False)
    page.page.get_by_role("button", name="Close").click()
    expect(page.page.locator("#matches")).to_be_hidden()
    expect(page.query).to_be_focused()


def test_title_of_several_songs_asks_which_one(on: On, odd_server: Server) -> None:
    page = on(odd_server).open_ready()
    page.query.fill("HALO")

    page.page.keyboard.press("Enter")

    question = page.page.get_by_role("group", name="“HALO” stands for several songs. Which one?")
    question.get_by_role("button", name="halo <b>The halos</b>", exact=True).click()
    expect(page.chips).to_have_text(["halo×"])


def test_unknown_song_of_an_address_can_be_replaced(on: On, sample_server: Server) -> None:
    page = on(sample_server).open("Habanera", "Grensleevs")

    expect(page.chip("Grensleevs")).to_contain_text("(unknown)")
    page.shoot("unknown-in-address")
    page.expect_accessible()
    page.page.get_by_role("group", name="“Grensleevs” is not").get_by_role("button", name="Greensleeves").click()

    page.expect_recommendations(2)
    expect(page.chips).to_have_text(["Habanera×", "Greensleeves×"])
    expect(page.page.locator("#questions")).to_be_hidden()
    assert page.page.url.endswith("#song=Habanera&song=Greensleeves")
