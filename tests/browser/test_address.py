"""The choice in the page's address."""

from collections.abc import Callable

from playwright.sync_api import expect
from tests.browser.recommender import Recommender
from tests.browser.servers import Server
from tests.browser.songs import ADDRESS, EMOJI, QUOTES

On = Callable[..., Recommender]


def test_address_brings_the_choice_to_somebody_else(on: On, sample_server: Server) -> None:
    sender = on(sample_server).open_ready()
    sender.choose("Clair de lune")
    sender.choose("Für Elise")
    sender.expect_recommendations(2)

    receiver = on(sample_server)
    receiver.page.goto(sender.page.url)

    receiver.expect_recommendations(2)
    receiver.expect_playlist("Clair de lune", "Für Elise")
    expect(receiver.chosen.first.locator(".artist")).to_have_text("Claude Debussy")
    expect(receiver.page).to_have_title("Clair de lune + 1 – Playlist recommender")
    assert receiver.titles() == sender.titles()


def test_back_and_forward_go_through_the_choices(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()
    page.choose("Clair de lune")
    page.choose("Habanera")
    page.expect_recommendations(2)

    page.page.go_back()
    page.expect_recommendations(1)
    page.expect_playlist("Clair de lune")
    page.page.go_back()
    page.expect_recommendations(0)
    page.page.go_forward()
    page.page.go_forward()

    page.expect_recommendations(2)
    page.expect_playlist("Clair de lune", "Habanera")


def test_order_is_part_of_the_address(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Clair de lune", "Habanera")

    page.handle("Habanera").press("ArrowUp")

    page.expect_playlist("Habanera", "Clair de lune")
    assert page.page.url.endswith("#song=Habanera&song=Clair+de+lune")


def test_choice_survives_a_reload(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()
    page.choose("Habanera")
    page.expect_recommendations(1)

    page.page.reload()

    page.expect_recommendations(1)
    page.expect_playlist("Habanera")


def test_any_title_fits_into_an_address(on: On, odd_server: Server) -> None:
    page = on(odd_server).open_ready()
    titles = [ADDRESS, EMOJI, QUOTES]
    for title in titles:
        page.choose(title)
    page.expect_recommendations(3)

    page.page.reload()

    page.expect_recommendations(3)
    page.expect_playlist(*titles)
    expect(page.page.locator(".question")).to_have_count(0)


def test_address_never_reaches_the_server(on: On, sample_server: Server) -> None:
    page = on(sample_server)
    asked: list[str] = []
    page.page.on("request", lambda request: asked.append(request.url.split("#", maxsplit=1)[0]))

    page.open_ready("Greensleeves")

    assert asked[0] == f"{page.url}/"


def test_fragment_that_names_no_song_chooses_none(on: On, sample_server: Server) -> None:
    page = on(sample_server).open(path="/#song=&song=%20&other=%E0%A4%A&tracks")

    page.expect_recommendations(0)
    page.expect_playlist()
