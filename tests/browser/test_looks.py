"""Narrow and wide, light and dark, still and moving, by mouse and by touch."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tests.browser.recommender import Recommender
from tests.browser.servers import Server

On = Callable[..., Recommender]

_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_SLEEVE_COLOURS = """() => {
  const style = getComputedStyle(document.documentElement);
  return ["--sleeve-ink", "--sleeve", "--sleeve-shade"].map((name) => style.getPropertyValue(name).trim());
}"""


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (390, "dark"), (820, "light"), (1920, "dark")])
def test_every_screen_shows_everything_within_its_width(on: On, sample_server: Server, width: int, scheme: str) -> None:
    page = on(sample_server, width=width, color_scheme=scheme).open_ready("Clair de lune", "Grensleevs")
    expect(page.page.locator("#questions")).to_be_visible()

    assert page.page.evaluate(_OVERFLOW) == 0
    page.expect_accessible()
    page.shoot(f"screen-{width}-{scheme}")


def test_narrow_screen_is_used_by_touch(on: On, sample_server: Server) -> None:
    page = on(
        sample_server, width=390, height=844, has_touch=True, is_mobile=True, reduced_motion="reduce"
    ).open_ready()
    page.type("clair")
    page.shoot("touch-search", whole=False)

    page.suggestions.first.tap()
    expect(page.chips).to_have_text(["Clair de lune×"])
    page.sample.first.locator("label").tap()
    page.expect_recommendations(2)
    jump = page.page.get_by_role("button", name="See what goes with 2 songs")
    page.shoot("touch-jump", whole=False)
    jump.tap()

    expect(page.tracks.first).to_be_in_viewport()
    expect(jump).to_be_hidden()
    page.shoot("touch-recommendations", whole=False)
    page.page.get_by_role("button", name=re.compile("^Add ")).first.tap()
    page.expect_recommendations(3)


def test_dark_search_and_question(on: On, sample_server: Server) -> None:
    page = on(sample_server, color_scheme="dark").open_ready()
    page.type("de")
    page.page.keyboard.press("ArrowDown")
    page.shoot("dark-search", whole=False)
    page.expect_accessible()

    page.query.fill("Clar de lunne")
    page.page.keyboard.press("Enter")

    expect(page.page.locator("#matches")).to_be_visible()
    page.shoot("dark-did-you-mean", whole=False)
    page.expect_accessible()


def test_dark_and_narrow_without_a_model(on: On, new_server: Server) -> None:
    page = on(new_server.start(), width=390, color_scheme="dark").open()

    expect(page.page.get_by_role("heading", name="No model yet")).to_be_visible()
    page.shoot("dark-no-model")
    page.expect_accessible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_on_the_sleeve_has_contrast_at_both_ends_of_its_gradient(
    on: On, sample_server: Server, scheme: str
) -> None:
    page = on(sample_server, color_scheme=scheme).open_ready()

    ink, *grounds = page.page.evaluate(_SLEEVE_COLOURS)

    assert min(_contrast(ink, ground) for ground in grounds) >= 4.5


def test_nothing_moves_for_those_who_asked_for_that(on: On, sample_server: Server) -> None:
    page = on(sample_server, reduced_motion="reduce").open_ready("Habanera")

    moving = page.page.evaluate("document.getAnimations().length")
    durations = page.page.locator("#disc").evaluate("(element) => getComputedStyle(element).transitionProperty")

    assert moving == 0
    assert durations == "none"


def test_page_can_be_zoomed_to_twice_its_text(on: On, sample_server: Server) -> None:
    page = on(sample_server, width=640).open_ready("Clair de lune")

    page.page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")

    assert page.page.evaluate(_OVERFLOW) == 0
    page.shoot("zoomed")


def _contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, #rrggbb, as WCAG 2 defines it.

    >>> round(_contrast("#ffffff", "#000000"))
    21
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
