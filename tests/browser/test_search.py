"""Finding songs while typing, and pasting whole playlists."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.recommender import Recommender
from tests.browser.servers import Server

On = Callable[..., Recommender]

LINES = """1. Clair de lune - Claude Debussy
Ludwig van Beethoven – Für Elise
Grensleevs

Habanera by Georges Bizet
qqqqqqq
"""


def test_search_finds_what_begins_so_and_then_what_holds_it(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()

    page.type("clair")

    expect(page.suggestions).to_have_count(2)
    expect(page.suggestions.nth(0)).to_contain_text("Clair de lune Claude Debussy")
    expect(page.suggestions.nth(0)).to_contain_text("in 62 playlists")
    expect(page.suggestions.nth(1)).to_contain_text("Au clair de la lune")
    expect(page.query).to_have_attribute("aria-expanded", "true")
    page.shoot("search", whole=False)
    page.expect_accessible()


def test_exact_title_comes_before_more_popular_ones(on: On, odd_server: Server) -> None:
    page = on(odd_server).open_ready()

    page.type("halo")

    expect(page.suggestions.locator(".title")).to_have_text(["Halo", "halo"])
    page.type("anchor")
    expect(page.suggestions.first.locator(".title")).to_have_text("Anchor")


def test_search_finds_artists_and_artists_with_titles(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()

    page.type("debussy")
    expect(page.suggestions.locator(".artist").first).to_have_text("Claude Debussy")
    page.type("chopin noct")

    expect(page.suggestions.locator(".title")).to_have_text(["Nocturne in E-flat major, Op. 9 No. 2"])


def test_matched_letters_are_marked_in_title_and_artist(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()

    page.type("FUR bee")

    expect(page.suggestions.first.locator("mark")).to_have_text(["Für", "Bee"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("Clar de lunne", "Clair de lune"), ("beetoven", "Moonlight Sonata"), ("Grensle", "Greensleeves")],
)
def test_typing_errors_in_title_or_artist_are_forgiven(on: On, sample_server: Server, typed: str, meant: str) -> None:
    page = on(sample_server).open_ready()

    page.type(typed)

    alike = page.page.get_by_role("group", name="Did you mean")
    expect(alike.locator(".title").first).to_have_text(meant)
    page.page.keyboard.press("Enter")
    page.expect_playlist(meant)


def test_close_matches_are_told_apart_from_what_was_found(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()

    page.type("beetoven")

    expect(page.page.get_by_text("Did you mean", exact=True)).to_be_visible()
    page.shoot("did-you-mean", whole=False)
    page.expect_accessible()


def test_search_folds_case_and_accents(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()

    page.type("FUR EL")

    expect(page.suggestions).to_have_text(["Für Elise Ludwig van Beethovenin 50 playlists"])


def test_search_without_a_hit_says_so(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()

    page.query.fill("zzzz")

    expect(page.page.get_by_text("No title or artist reads like “zzzz”.")).to_have_count(2)
    expect(page.suggestions.first).to_be_hidden()
    page.shoot("search-nothing", whole=False)
    page.expect_accessible()
    page.page.keyboard.press("Enter")
    page.page.get_by_role("button", name="Clear the search").click()
    expect(page.page.locator("#query-hint")).to_be_hidden()
    page.expect_playlist()


def test_enter_takes_the_first_suggestion_also_before_it_is_there(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()

    page.query.fill("clair")
    page.page.keyboard.press("Enter")

    page.expect_playlist("Clair de lune")


def test_song_that_is_chosen_already_says_so(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Habanera")

    page.type("haban")

    expect(page.suggestions.first).to_contain_text("✓ in your playlist")


def test_late_suggestions_for_what_was_typed_before_are_dropped(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()
    page.hold_back("**/api/songs?q=cla&*")

    with page.page.expect_request("**/api/songs?q=cla&*"):
        page.query.fill("cla")
    with page.page.expect_event("requestfailed", lambda request: "q=cla&" in request.url):
        page.query.fill("habanera")

    expect(page.suggestions).to_have_text(["Habanera Georges Bizetin 48 playlists"])


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

    expect(page.suggestions.first).to_be_visible()
    assert asked == [f"{page.url}/api/songs?q=greengreen&limit=8&close_matches=5"]


def test_pasted_playlist_is_matched_its_misses_shown_and_mended(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()
    page.page.get_by_role("button", name="Paste a playlist").click()
    dialog = page.page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill(LINES)
    page.shoot("paste", whole=False)
    page.expect_accessible()

    dialog.get_by_role("button", name="Find these songs").click()

    expect(dialog.locator("#paste-summary")).to_have_text("3 of 5 lines found, 2 not in this catalogue.")
    expect(dialog.locator(".line").first).to_contain_text("Grensleevs")
    greensleeves = dialog.get_by_role("button", name="Greensleeves – Traditional (England)")
    expect(greensleeves).to_be_visible()
    expect(dialog.get_by_text("Nothing reads like “qqqqqqq”.")).to_be_visible()
    page.shoot("paste-misses", whole=False)
    page.expect_accessible()
    greensleeves.click()
    expect(dialog.locator("#paste-summary")).to_have_text("4 of 5 lines found, 1 not in this catalogue.")
    dialog.get_by_label("Search instead of qqqqqqq").fill("moonl")
    page.page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Moonlight Sonata – ").click()
    expect(dialog.locator("#paste-summary")).to_have_text("5 of 5 lines found.")
    dialog.get_by_role("button", name="Add 5 songs").click()

    page.expect_playlist("Clair de lune", "Für Elise", "Greensleeves", "Habanera", "Moonlight Sonata")
    page.expect_recommendations(5)
    expect(page.notice).to_have_text("Added 5 songs to your playlist.Close")
    page.page.get_by_role("button", name="Undo", exact=True).click()
    page.expect_playlist()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "own.csv",
            'Track URI,Track Name,Artist Name(s)\nx,"Clair de lune","Claude Debussy, Others"\ny,Habanera,Bizet\n',
        ),
        ("own.m3u8", "#EXTM3U\n#EXTINF:300,Claude Debussy - Clair de lune\n/music/a.mp3\n#EXTINF:-1,Habanera\nb.mp3\n"),
        ("own.txt", "\ufeffClair de lune\r\n• Habanera\r\n"),
    ],
)
def test_playlist_is_read_from_a_file(on: On, sample_server: Server, tmp_path: Path, name: str, content: str) -> None:
    file = tmp_path / name
    file.write_text(content, encoding="utf-8", newline="")
    page = on(sample_server).open_ready()
    page.page.get_by_role("button", name="Paste a playlist").click()

    page.page.get_by_label("Choose a file").set_input_files(file)

    expect(page.page.locator("#paste-summary")).to_have_text("2 of 2 lines found.")
    page.page.get_by_role("button", name="Add 2 songs").click()
    page.expect_playlist("Clair de lune", "Habanera")


def test_line_that_means_several_songs_lets_choose(on: On, odd_server: Server) -> None:
    page = on(odd_server).open_ready()
    page.page.get_by_role("button", name="Paste a playlist").click()
    page.page.get_by_role("dialog").get_by_role("textbox").fill("HALO")
    page.page.get_by_role("button", name="Find these songs").click()

    page.page.get_by_label("Which song “HALO” means").select_option(index=1)
    page.page.get_by_role("button", name="Add 1 song").click()

    page.expect_playlist("halo")


def test_lines_pasted_into_the_search_are_a_playlist(on: On, sample_server: Server) -> None:
    page = on(sample_server, permissions=["clipboard-read", "clipboard-write"]).open_ready()
    page.page.evaluate("navigator.clipboard.writeText('Habanera\\nClair de lune')")
    page.query.focus()

    page.page.keyboard.press("Control+V")

    expect(page.page.locator("#paste-summary")).to_have_text("2 of 2 lines found.")


def test_text_without_a_song_is_told(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()
    page.page.get_by_role("button", name="Paste a playlist").click()

    page.page.get_by_role("button", name="Find these songs").click()

    expect(page.page.get_by_role("alert")).to_have_text("There is no song in this text yet.")
    page.page.keyboard.press("Escape")
    expect(page.page.get_by_role("dialog")).to_have_count(0)
