"""What can be done with a recommendation, and with all of them."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from tests.browser.recommender import Recommender
from tests.browser.servers import Server, train

On = Callable[..., Recommender]

TRACK = "4uLU6hMCjMI75M1A2tKUQC"


def test_row_has_title_artist_and_short_reasons(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Clair de lune", "Habanera")

    row = page.track("Für Elise")

    expect(row.locator(".artist")).to_have_text("Ludwig van Beethoven")
    expect(row.locator(".chip")).to_have_text(
        ["44 % of playlists with Clair de lune", "23 % of playlists with Habanera"]
    )


def test_details_open_on_a_click_and_stay_open(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Clair de lune")
    row = page.track("Moonlight Sonata")

    row.locator(".place").click()

    details = row.locator(".details")
    expect(details).to_contain_text("In 28 of the 62 playlists with Clair de lune (45 %): 3.5 times as often")
    expect(details).to_contain_text("In 52 playlists (13 % of all) altogether.")
    page.shoot("details")
    page.expect_accessible()
    page.page.get_by_role("button", name="Add Für Elise").click()
    page.expect_recommendations(2)
    expect(details).to_be_visible()
    row.get_by_role("button", name="Details of Moonlight Sonata").click()
    expect(details).to_be_hidden()


def test_text_can_be_selected(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Clair de lune")
    row = page.track("Moonlight Sonata")

    row.locator(".title").dblclick(position={"x": 20, "y": 8})

    assert page.page.evaluate("getSelection().toString().trim()") == "Moonlight"
    page.expect_playlist("Clair de lune")


def test_song_is_listened_to_by_links_that_load_nothing(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Clair de lune")

    spotify, youtube = page.track("Moonlight Sonata").locator("a.listen").all()

    expect(spotify).to_have_attribute(
        "href", "https://open.spotify.com/search/Moonlight%20Sonata%20Ludwig%20van%20Beethoven"
    )
    expect(youtube).to_have_attribute(
        "href", "https://www.youtube.com/results?search_query=Moonlight+Sonata+Ludwig+van+Beethoven"
    )
    expect(spotify).to_have_attribute("rel", "noopener noreferrer")


def test_song_whose_track_is_known_is_linked_exactly(on: On, new_server: Server, tmp_path: Path) -> None:
    dataset = tmp_path / "tracks.csv"
    rows = "".join(f"{playlist},{song},spotify:track:{TRACK}\n" for playlist in range(3) for song in "AB")
    dataset.write_text(f"pid,track_name,track_uri\n{rows}")
    train(tmp_path / "models", "--dataset", str(dataset), "--min-support", "1", "--evaluation", "false")
    page = on(new_server.start()).open_ready("A")

    link = page.track("B").get_by_role("link", name="Listen to B on Spotify")

    expect(link).to_have_attribute("href", f"https://open.spotify.com/track/{TRACK}")


def test_more_like_one_song_and_back(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Habanera")

    page.track("La donna è mobile").get_by_role("button", name="More like this").click()

    expect(page.heading).to_have_text("More like La donna è mobile")
    expect(page.heading).to_be_focused()
    expect(page.tracks.first).to_contain_text("of playlists with La donna è mobile")
    expect(page.track("Habanera").get_by_role("button", name="Remove Habanera")).to_have_text("✓")
    page.expect_playlist("Habanera")
    page.shoot("more-like-this")
    page.expect_accessible()
    page.tracks.first.get_by_role("button", name="Add").or_(
        page.tracks.nth(1).get_by_role("button", name="Add")
    ).first.click()
    expect(page.heading).to_have_text("More like La donna è mobile")
    page.page.get_by_role("button", name="Back to your playlist").click()
    page.expect_recommendations(2)


def test_number_of_results_can_be_chosen(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Clair de lune")

    page.page.get_by_label("Show", exact=True).select_option("50 songs")
    expect(page.tracks).to_have_count(50)
    page.page.get_by_label("Show", exact=True).select_option("5 songs")

    expect(page.tracks).to_have_count(5)


def test_results_are_copied_as_text(on: On, sample_server: Server) -> None:
    page = on(sample_server, permissions=["clipboard-read", "clipboard-write"]).open_ready("Clair de lune")

    page.open_menu("results").get_by_role("button", name="Copy as text").click()

    expect(page.notice).to_contain_text("10 songs copied as text")
    lines = page.page.evaluate("navigator.clipboard.readText()").splitlines()
    assert [line.split(" – ")[0] for line in lines] == page.titles()


def test_results_are_saved_as_csv_and_m3u(on: On, odd_server: Server) -> None:
    page = on(odd_server).open_ready("Anchor")

    table = list(
        csv.DictReader(io.StringIO(downloaded(page.page, page.open_menu("results"), "Download CSV"), newline=""))
    )
    playlist = downloaded(page.page, page.open_menu("results"), "Download M3U").splitlines()

    assert [row["track_name"] for row in table] == page.titles()
    assert playlist[0] == "#EXTM3U"
    assert len(playlist) == 1 + 2 * len(table)
    assert playlist[1].startswith("#EXTINF:-1,")
    assert playlist[2].startswith("https://open.spotify.com/search/")


def test_saved_playlist_is_read_again(on: On, odd_server: Server, tmp_path: Path) -> None:
    page = on(odd_server).open_ready("Anchor", "It's \"Quoted\" & 'Done'", "50% off? #1 = A+B & C")
    file = tmp_path / "playlist.csv"
    file.write_text(downloaded(page.page, page.open_menu("tray"), "Download CSV"), newline="")
    page.page.get_by_role("button", name="Clear", exact=True).click()
    page.expect_playlist()

    page.page.get_by_role("button", name="Paste a playlist").click()
    page.page.get_by_label("Choose a file").set_input_files(file)
    page.page.get_by_role("button", name="Add 3 songs").click()

    page.expect_playlist("Anchor", "It's \"Quoted\" & 'Done'", "50% off? #1 = A+B & C")


def test_counts_say_what_they_count(on: On, odd_server: Server) -> None:
    page = on(odd_server).open_ready("Anchor")

    page.page.get_by_label("Show", exact=True).select_option("100 songs")

    expect(page.page.locator("#tray-count")).to_have_text("1 song")
    expect(page.heading).to_have_text("Goes with your song")
    expect(page.page.locator("#imprint")).to_contain_text("rules")


def downloaded(page: Page, menu: object, label: str) -> str:
    """Return what a menu's button downloads."""
    with page.expect_download() as started:
        page.get_by_role("button", name=label).locator("visible=true").click()
    return Path(started.value.path()).read_bytes().decode()
