"""Narrow and wide, light and dark, still and moving, by mouse and by touch."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tests.browser.recommender import Recommender
from tests.browser.servers import Server

On = Callable[..., Recommender]

_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_COUNT_ANIMATIONS = """
window.animations = 0;
const { animate } = Element.prototype;
Element.prototype.animate = function (...given) {
  window.animations += 1;
  return animate.apply(this, given);
};
undefined;
"""
_SHIFTS = """() => new Promise((resolve) => {
  new PerformanceObserver((list) => resolve(list.getEntries().reduce((sum, { value }) => sum + value, 0)))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(0), 300);
})"""


@pytest.mark.parametrize(
    ("width", "scheme"), [(320, "light"), (390, "dark"), (820, "light"), (1280, "light"), (1920, "dark")]
)
def test_every_screen_shows_everything_within_its_width(on: On, sample_server: Server, width: int, scheme: str) -> None:
    page = on(sample_server, width=width, color_scheme=scheme).open_ready(
        "Clair de lune", "Habanera", "Grensleevs", known=2
    )

    assert page.page.evaluate(_OVERFLOW) == 0
    page.expect_accessible()
    page.shoot(f"screen-{width}-{scheme}")


def test_narrow_screen_is_used_by_touch(on: On, sample_server: Server) -> None:
    page = on(
        sample_server, width=390, height=844, has_touch=True, is_mobile=True, reduced_motion="reduce"
    ).open_ready()
    page.shoot("touch-first", whole=False)
    page.type("clair")
    expect(page.page.locator(".slash")).to_be_hidden()
    page.shoot("touch-search", whole=False)

    page.suggestions.first.tap()
    page.expect_playlist("Clair de lune")
    page.expect_recommendations(1)
    expect(page.tracks.first).to_be_in_viewport()
    expect(page.page.get_by_role("heading", name="Your playlist")).to_be_in_viewport()
    page.shoot("touch-recommendations", whole=False)
    page.page.get_by_role("button", name="Add Moonlight Sonata").tap()
    page.expect_recommendations(2)
    page.page.get_by_role("button", name="Songs of your playlist").tap()
    expect(page.chosen.first).to_be_in_viewport()
    page.shoot("touch-tray", whole=False)
    page.expect_accessible()
    page.page.get_by_role("button", name="Remove Clair de lune").tap()
    page.expect_recommendations(1)
    page.shoot("touch-removed", whole=False)


def test_choice_and_results_come_before_random_songs_on_a_phone(on: On, sample_server: Server) -> None:
    page = on(sample_server, width=390, height=844).open_ready("Clair de lune")

    tops = [
        page.page.locator(part).evaluate("(element) => element.getBoundingClientRect().top + scrollY")
        for part in ("#results", "#sample-panel")
    ]

    assert tops[0] < 844 / 3
    assert tops[0] < tops[1]


def test_nothing_jumps_while_the_page_loads(on: On, sample_server: Server) -> None:
    page = on(sample_server, width=1280).open_ready("Clair de lune", "Habanera")

    assert page.page.evaluate(_SHIFTS) < 0.1


def test_dark_search_and_paste(on: On, sample_server: Server) -> None:
    page = on(sample_server, color_scheme="dark").open_ready()
    page.type("de")
    page.shoot("dark-search", whole=False)
    page.expect_accessible()

    page.page.keyboard.press("Escape")
    page.page.get_by_role("button", name="Paste a playlist").click()
    page.page.get_by_role("dialog").get_by_role("textbox").fill("Clar de lunne\nHabanera")
    page.page.get_by_role("button", name="Find these songs").click()

    expect(page.page.get_by_role("button", name="Clair de lune – Claude Debussy")).to_be_visible()
    page.shoot("dark-paste", whole=False)
    page.expect_accessible()


def test_dark_and_narrow_without_a_model(on: On, new_server: Server) -> None:
    page = on(new_server.start(), width=390, color_scheme="dark").open()

    expect(page.page.get_by_role("heading", name="No model yet")).to_be_visible()
    page.shoot("dark-no-model")
    page.expect_accessible()


def test_nothing_moves_for_those_who_asked_for_that(on: On, sample_server: Server) -> None:
    still, moving = (
        on(sample_server, reduced_motion=motion).open_ready("Habanera") for motion in ("reduce", "no-preference")
    )

    counts = []
    for page in (still, moving):
        page.page.evaluate(_COUNT_ANIMATIONS)
        page.tracks.nth(3).get_by_role("button", name="Add").click()
        page.expect_recommendations(2)
        counts.append(page.page.evaluate("window.animations"))

    assert counts[0] == 0
    assert counts[1] > 0


def test_page_can_be_zoomed_to_twice_its_text(on: On, sample_server: Server) -> None:
    page = on(sample_server, width=640).open_ready("Clair de lune")

    page.page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")

    assert page.page.evaluate(_OVERFLOW) == 0
    page.shoot("zoomed")
