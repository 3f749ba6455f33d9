"""The playlist: in view, in any order, and with every step taken back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect
from tests.browser.recommender import Recommender
from tests.browser.servers import Server

On = Callable[..., Recommender]

SONGS = ["Clair de lune", "Habanera", "Greensleeves"]


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 800)])
def test_tray_stays_in_view(on: On, sample_server: Server, width: int, height: int) -> None:
    page = on(sample_server, width=width, height=height).open_ready(*SONGS)

    page.page.mouse.wheel(0, 600)
    page.page.wait_for_function("scrollY > 100")

    expect(page.page.get_by_role("heading", name="Your playlist")).to_be_in_viewport()
    page.shoot(f"tray-scrolled-{width}", whole=False)


def test_songs_are_reordered_by_dragging(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready(*SONGS)

    drag(page, page.handle("Greensleeves"), page.chosen_song("Clair de lune"))

    page.expect_playlist("Greensleeves", "Clair de lune", "Habanera")
    assert page.page.url.endswith("#song=Greensleeves&song=Clair+de+lune&song=Habanera")
    page.page.get_by_role("button", name="Undo", exact=True).click()
    page.expect_playlist(*SONGS)


def test_songs_are_reordered_by_keyboard(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready(*SONGS)
    handle = page.handle("Clair de lune")

    handle.press("ArrowDown")
    expect(handle).to_be_focused()
    expect(page.page.get_by_role("status")).to_have_text("Clair de lune: position 2 of 3")
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("ArrowDown")

    page.expect_playlist("Habanera", "Greensleeves", "Clair de lune")
    expect(handle).to_be_focused()


def test_order_does_not_ask_for_recommendations_again(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready(*SONGS)
    asked: list[str] = []
    page.page.on("request", lambda request: asked.append(request.url))

    page.handle("Clair de lune").press("ArrowDown")
    page.expect_playlist("Habanera", "Clair de lune", "Greensleeves")

    assert not [url for url in asked if "recommend" in url]


def test_removed_song_comes_back(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready(*SONGS)
    page.page.get_by_role("button", name="Remove Habanera").click()
    page.expect_playlist("Clair de lune", "Greensleeves")
    page.expect_recommendations(2)

    page.notice.get_by_role("button", name="Undo").click()

    page.expect_playlist(*SONGS)
    page.expect_recommendations(3)
    expect(page.notice).to_have_count(0)


def test_clear_is_undone_and_so_is_what_was_before(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Clair de lune")
    page.page.get_by_role("button", name="Add Moonlight Sonata").click()
    page.expect_recommendations(2)

    page.page.get_by_role("button", name="Clear", exact=True).click()
    page.expect_playlist()
    page.expect_recommendations(0)
    expect(page.query).to_be_focused()
    page.shoot("cleared", whole=False)
    page.expect_accessible()
    page.tray.get_by_role("button", name="Undo").click()
    page.expect_playlist("Clair de lune", "Moonlight Sonata")
    page.page.keyboard.press("Control+z")

    page.expect_playlist("Clair de lune")
    expect(page.tray.get_by_role("button", name="Undo")).to_be_hidden()


def test_undo_keys_leave_what_is_being_typed_alone(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Clair de lune")
    page.page.get_by_role("button", name="Remove Clair de lune").click()
    page.expect_playlist()

    page.query.fill("x")
    page.page.keyboard.press("Control+z")

    page.expect_playlist()


def test_link_can_be_copied(on: On, sample_server: Server) -> None:
    page = on(sample_server, permissions=["clipboard-read", "clipboard-write"]).open_ready("Habanera")

    page.page.get_by_role("button", name="Copy link").click()

    expect(page.notice).to_contain_text("Link copied")
    assert page.page.evaluate("navigator.clipboard.readText()") == f"{page.url}/#song=Habanera"


def test_hundred_songs_leave_the_buttons_in_view(on: On, sample_server: Server) -> None:
    page = on(sample_server, height=700).open_ready()
    page.page.get_by_label("Show", exact=True).select_option("100 songs")
    expect(page.tracks).to_have_count(100)

    page.page.get_by_role("button", name="Paste a playlist").click()
    page.page.get_by_role("dialog").get_by_role("textbox").fill("\n".join(page.titles()))
    page.page.get_by_role("button", name="Find these songs").click()
    expect(page.page.locator("#paste-summary")).to_have_text("100 of 100 lines found.")
    page.expect_accessible()
    page.page.get_by_role("button", name="Add 100 songs").click()

    expect(page.chosen).to_have_count(100)
    expect(page.page.get_by_role("button", name="Clear", exact=True)).to_be_in_viewport()
    page.shoot("tray-full", whole=False)


def drag(page: Recommender, handle: Locator, to: Locator) -> None:
    """Drag by the mouse, in steps, to the middle of a row."""
    start, end = handle.bounding_box(), to.bounding_box()
    assert start
    assert end
    page.page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.page.mouse.down()
    page.page.mouse.move(end["x"] + 20, end["y"] + end["height"] / 4, steps=12)
    page.page.mouse.up()
