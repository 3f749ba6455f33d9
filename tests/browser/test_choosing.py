"""Searching, ticking, choosing, and what is recommended then."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

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
    expect(page.tracks.first).to_contain_text("popular in 72 playlists")
    page.shoot("first")
    page.expect_accessible()


def test_search_finds_what_begins_so_and_then_what_holds_it(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()

    page.type("clair")

    expect(page.suggestions).to_have_count(2)
    expect(page.suggestions.nth(0)).to_contain_text("Clair de lune Claude Debussy")
    expect(page.suggestions.nth(0)).to_contain_text("62 playlists")
    expect(page.suggestions.nth(1)).to_contain_text("Au clair de la lune")
    expect(page.query).to_have_attribute("aria-expanded", "true")
    page.page.keyboard.press("ArrowDown")
    page.shoot("search", whole=False)
    page.expect_accessible()


def test_search_folds_case_and_accents(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()

    page.type("FUR EL")

    expect(page.suggestions).to_have_text(["Für Elise Ludwig van Beethoven50 playlists"])


def test_search_without_a_hit_says_so(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()

    page.query.fill("zzzz")

    expect(page.page.get_by_text("No title holds “zzzz”. Enter looks for close ones.")).to_have_count(2)
    expect(page.suggestions.first).to_be_hidden()
    page.shoot("search-nothing", whole=False)
    page.expect_accessible()


def test_chosen_song_brings_recommendations_with_their_reasons(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()

    page.choose("Clair de lune")

    page.expect_recommendations(1)
    expect(page.chips).to_have_text(["Clair de lune×"])
    expect(page.tracks).to_have_count(10)
    expect(page.track("Moonlight Sonata")).to_contain_text("in 28 of the 62 playlists that hold Clair de lune")
    expect(page.track("Clair de lune")).to_have_count(0)
    page.shoot("one-song")
    page.expect_accessible()


def test_one_click_adds_a_recommendation_and_changes_the_others(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Clair de lune")

    page.page.get_by_role("button", name="Add Moonlight Sonata").click()

    page.expect_recommendations(2)
    expect(page.chips).to_have_text(["Clair de lune×", "Moonlight Sonata×"])
    expect(page.track("Moonlight Sonata")).to_have_count(0)
    expect(page.tracks.first).to_contain_text(", and in ")
    page.shoot("two-songs")


def test_click_anywhere_on_a_recommendation_adds_it(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Clair de lune")

    page.track("Moonlight Sonata").click(position={"x": 20, "y": 50})

    expect(page.chip("Moonlight Sonata")).to_be_visible()


def test_ticks_and_chips_are_the_same_choice(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()
    box = page.sample.nth(2).get_by_role("checkbox")
    title = page.sample.nth(2).locator(".title").inner_text()

    box.check()
    expect(page.chip(title)).to_be_visible()
    page.expect_recommendations(1)
    page.shoot("ticked")
    page.page.get_by_role("button", name=f"Remove {title}").click()
    expect(box).not_to_be_checked()
    page.expect_recommendations(0)
    box.check()
    box.uncheck()

    expect(page.chips).to_have_count(0)


def test_another_sample_has_other_songs_and_leaves_the_choice(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Clair de lune")
    before = page.sample.locator(".title").all_text_contents()

    page.page.get_by_role("button", name="Another sample").click()

    expect(page.sample.locator(".title")).not_to_have_text(before)
    expect(page.sample).to_have_count(8)
    expect(page.chips).to_have_text(["Clair de lune×"])


def test_clear_empties_the_choice(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Clair de lune", "Habanera")

    page.page.get_by_role("button", name="Clear", exact=True).click()

    page.expect_recommendations(0)
    expect(page.chips).to_have_count(0)
    expect(page.query).to_be_focused()


def test_late_suggestions_for_what_was_typed_before_are_dropped(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()
    page.hold_back("**/api/songs?q=cla&*")

    with page.page.expect_request("**/api/songs?q=cla&*"):
        page.query.fill("cla")
    with page.page.expect_event("requestfailed", lambda request: "q=cla&" in request.url):
        page.query.fill("habanera")

    expect(page.suggestions).to_have_text(["Habanera Georges Bizet48 playlists"])


def test_late_recommendations_for_an_older_choice_are_dropped(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()
    page.hold_back("**/api/recommend", times=1)

    with page.page.expect_request("**/api/recommend"):
        page.choose("Clair de lune")
    with page.page.expect_event("requestfailed", lambda request: "/api/recommend" in request.url):
        page.choose("Habanera")

    page.expect_recommendations(2)


def test_typing_quickly_asks_once(on: On, sample_server: Server) -> None:
    page = on(sample_server)
    page.page.clock.install()
    page.open_ready()
    page.page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    asked: list[str] = []
    page.page.on("request", lambda request: asked.append(request.url) if "songs?q=" in request.url else None)

    for _ in range(2):
        page.query.press_sequentially("green")
        page.page.clock.run_for(100)
    page.page.clock.run_for(100)

    expect(page.page.get_by_text("No title holds “greengreen”.").first).to_be_visible()
    assert asked == [f"{page.url}/api/songs?q=greengreen&limit=8"]


def test_songs_that_lead_nowhere_get_popular_ones_marked_as_such(on: On, odd_server: Server) -> None:
    page = on(odd_server).open("No such song")

    expect(page.heading).to_have_text("Popular songs")
    expect(page.page.get_by_text("Nothing leads on from this choice, so here is what is popular.")).to_be_visible()
    expect(page.tracks.first).to_contain_text("only popular")
    page.shoot("only-popular")
    page.expect_accessible()


def test_link_can_be_copied(on: On, sample_server: Server) -> None:
    page = on(sample_server, permissions=["clipboard-read", "clipboard-write"]).open_ready("Habanera")

    page.page.get_by_role("button", name="Copy link").click()

    expect(page.page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.page.evaluate("navigator.clipboard.readText()") == f"{page.url}/#song=Habanera"
