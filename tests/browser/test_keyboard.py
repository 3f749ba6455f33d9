"""Everything by keyboard alone."""

from collections.abc import Callable

from playwright.sync_api import expect
from tests.browser.recommender import Recommender
from tests.browser.servers import Server

On = Callable[..., Recommender]

_RING = """() => {
  const element = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const deck = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return {
    name: element.id || element.getAttribute("aria-label") || element.textContent.trim() || element.type,
    hasRing: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
    isSeen: element.contains(deck) || deck?.contains(element),
  };
}"""


def test_song_is_found_chosen_and_removed(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()
    press = page.page.keyboard.press

    press("Tab")
    expect(page.query).to_be_focused()
    page.page.keyboard.type("clair")
    expect(page.suggestions).to_have_count(2)
    expect(page.suggestions.nth(0)).to_have_attribute("aria-selected", "true")
    press("ArrowUp")
    expect(page.suggestions.nth(1)).to_have_attribute("aria-selected", "true")
    expect(page.query).to_have_attribute("aria-activedescendant", "suggestion-1")
    press("ArrowDown")
    press("Enter")
    page.expect_playlist("Clair de lune")
    expect(page.query).to_be_focused()
    page.page.get_by_role("button", name="Remove Clair de lune").focus()
    press("Delete")

    page.expect_playlist()
    expect(page.query).to_be_focused()


def test_enter_after_typing_on_means_the_text_and_not_what_was_pointed_at(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()
    page.type("clair")
    page.page.keyboard.press("ArrowDown")

    page.query.fill("Habanera")
    page.page.keyboard.press("Enter")

    page.expect_playlist("Habanera")


def test_escape_closes_the_list_and_then_empties_the_field(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()
    page.type("clair")

    page.page.keyboard.press("Escape")
    expect(page.suggestions.first).to_be_hidden()
    expect(page.query).to_have_value("clair")
    page.page.keyboard.press("Escape")

    expect(page.query).to_have_value("")


def test_arrow_down_in_the_empty_field_offers_popular_songs(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()
    page.query.focus()

    page.page.keyboard.press("ArrowDown")

    expect(page.suggestions.first).to_contain_text("Spring (The Four Seasons)")
    expect(page.suggestions).to_have_count(8)


def test_adding_keeps_the_place_in_the_list(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Clair de lune")
    second = page.tracks.nth(1).get_by_role("button", name="Add")

    second.focus()
    page.page.keyboard.press("Enter")

    page.expect_recommendations(2)
    expect(page.tracks.nth(1).get_by_role("button", name="Add")).to_be_focused()


def test_removing_keeps_the_place_in_the_tray(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Clair de lune", "Habanera", "Greensleeves")

    page.page.get_by_role("button", name="Remove Habanera").focus()
    page.page.keyboard.press("Enter")

    page.expect_recommendations(2)
    expect(page.page.get_by_role("button", name="Remove Greensleeves")).to_be_focused()


def test_space_ticks_a_song(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()

    page.sample.first.get_by_role("checkbox").focus()
    page.page.keyboard.press("Space")

    expect(page.chosen).to_have_count(1)
    page.expect_recommendations(1)


def test_tab_reaches_everything_with_a_ring_to_be_seen(on: On, sample_server: Server) -> None:
    page = on(sample_server, width=390, height=700).open_ready("Clair de lune", "Habanera")
    names: list[str] = []

    while not names or names[-1] != "OpenAPI document":
        page.page.keyboard.press("Tab")
        stop = page.page.evaluate(_RING)
        assert stop["hasRing"], stop
        assert stop["isSeen"], stop
        names.append(stop["name"])
        assert len(names) < 60

    assert names[:2] == ["query", "paste-open"]
    assert names.count("checkbox") == 8
    assert sum(name.startswith("Add ") for name in names) == 10
    assert sum(name.startswith("Details of ") for name in names) == 10
    assert names[-2:] == ["Try the API", "OpenAPI document"]


def test_slash_leads_to_the_search(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()

    page.page.keyboard.press("/")

    expect(page.query).to_be_focused()
    expect(page.query).to_have_value("")


def test_what_happens_is_said(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()
    said = page.page.get_by_role("status")
    page.type("clair")
    expect(said).to_have_text("2 songs found")

    page.page.keyboard.press("Enter")

    expect(said).to_have_text("Goes with your song: 10 recommendations")
