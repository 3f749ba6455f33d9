"""Searching, ticking, choosing, and what is recommended then."""

from collections.abc import Callable

from playwright.sync_api import expect
from tests.browser.recommender import Recommender
from tests.browser.servers import Server

On = Callable[..., Recommender]


def test_first_sight_offers_a_search_a_sample_and_popular_songs(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()

    expect(page.sample).to_have_count(8)
    expect(page.tracks).to_have_count(10)
    expect(page.tracks.first).to_contain_text("Spring (The Four Seasons)")
    expect(page.tracks.first).to_contain_text("Antonio Vivaldi")
    expect(page.tracks.first).to_contain_text("Popular: in 72 playlists")
    page.shoot("first")
    page.expect_accessible()


def test_chosen_song_brings_recommendations_with_their_reasons(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()

    page.choose("Clair de lune")

    page.expect_recommendations(1)
    page.expect_playlist("Clair de lune")
    expect(page.tracks).to_have_count(10)
    expect(page.track("Moonlight Sonata")).to_contain_text("45 % of playlists with Clair de lune")
    expect(page.track("Clair de lune")).to_have_count(0)
    page.shoot("one-song")
    page.expect_accessible()


def test_one_click_adds_a_recommendation_and_changes_the_others(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Clair de lune")

    page.page.get_by_role("button", name="Add Moonlight Sonata").click()

    page.expect_recommendations(2)
    page.expect_playlist("Clair de lune", "Moonlight Sonata")
    expect(page.track("Moonlight Sonata")).to_have_count(0)
    expect(page.tracks.first.locator(".chip")).to_have_count(2)
    page.shoot("two-songs")


def test_ticks_and_tray_are_the_same_choice(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()
    box = page.sample.nth(2).get_by_role("checkbox")
    title = page.sample.nth(2).locator(".title").inner_text()

    box.check()
    expect(page.chosen_song(title)).to_be_visible()
    page.expect_recommendations(1)
    page.shoot("ticked")
    page.page.get_by_role("button", name=f"Remove {title}").click()
    expect(box).not_to_be_checked()
    page.expect_recommendations(0)
    box.check()
    box.uncheck()

    page.expect_playlist()


def test_another_sample_has_other_songs_and_leaves_the_choice(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Clair de lune")
    before = page.sample.locator(".title").all_text_contents()

    page.page.get_by_role("button", name="Draw others").click()

    expect(page.sample.locator(".title")).not_to_have_text(before)
    expect(page.sample).to_have_count(8)
    page.expect_playlist("Clair de lune")


def test_late_recommendations_for_an_older_choice_are_dropped(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()
    page.hold_back("**/api/recommend", times=1)

    with page.page.expect_request("**/api/recommend"):
        page.choose("Clair de lune")
    with page.page.expect_event("requestfailed", lambda request: "/api/recommend" in request.url):
        page.choose("Habanera")

    page.expect_recommendations(2)


def test_songs_that_lead_nowhere_get_popular_ones_marked_as_such(on: On, odd_server: Server) -> None:
    page = on(odd_server).open("No such song")

    expect(page.heading).to_have_text("Popular right now")
    expect(page.page.get_by_text("No matches for these songs yet. Popular right now:")).to_be_visible()
    expect(page.tracks.first).to_contain_text("Popular: in ")
    page.shoot("only-popular")
    page.expect_accessible()
