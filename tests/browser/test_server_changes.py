"""What the page does while models, versions and servers come and go."""

import re
from collections.abc import Callable
from pathlib import Path

import requests
from playwright.sync_api import Route, expect
from tests.browser.recommender import Recommender
from tests.browser.servers import Server, train

On = Callable[..., Recommender]

_NOTE_NOTICES = """
window.noted = [];
addEventListener("DOMContentLoaded", () => {
  const note = (changes) => {
    for (const { addedNodes } of changes) for (const { firstChild } of addedNodes) noted.push(firstChild.textContent);
  };
  new MutationObserver(note).observe(document.getElementById("notices"), { childList: true });
});
"""


def test_page_explains_that_there_is_no_model_and_goes_on_by_itself(on: On, new_server: Server, tmp_path: Path) -> None:
    page = on(new_server.start()).open("Clair de lune")

    expect(page.page.get_by_role("heading", name="No model yet")).to_be_visible()
    expect(page.query).to_be_hidden()
    expect(page.sample).to_have_count(0)
    page.shoot("no-model")
    page.expect_accessible()
    train(tmp_path / "models")

    page.expect_recommendations(1)
    expect(page.page.get_by_role("heading", name="No model yet")).to_be_hidden()
    expect(page.sample).to_have_count(8)
    expect(page.notice).to_have_count(0)


def test_new_model_is_announced_and_used_without_a_reload(on: On, own_server: Server, tmp_path: Path) -> None:
    page = on(own_server.start()).open_ready("Clair de lune")
    expect(page.track("Moonlight Sonata")).to_contain_text("45 % of playlists with")
    page.page.evaluate("window.isSamePage = true")

    train(tmp_path / "models", "--max-playlists", "100", "--evaluation", "false")

    expect(page.notice).to_contain_text("A new model answers now, trained on built-in sample with 100 playlists.")
    expect(page.notice).to_have_class(re.compile("good"))
    expect(page.page.locator(".imprint")).to_contain_text("100 playlists")
    page.shoot("new-model", whole=False)
    page.expect_accessible()
    page.notice.get_by_role("button", name="Close").click()
    expect(page.notice).to_have_count(0)
    assert page.page.evaluate("window.isSamePage")


def test_good_news_go_when_they_are_over(on: On, sample_server: Server) -> None:
    page = on(sample_server)
    page.page.clock.install()
    page.open_ready("Habanera")
    page.page.get_by_role("button", name="Remove Habanera").click()
    expect(page.notice).to_contain_text("Removed Habanera.")

    page.page.clock.run_for(9000)

    expect(page.notice).to_have_count(0)


def test_lost_server_is_told_and_its_next_version_too(on: On, own_server: Server) -> None:
    page = on(own_server.start(PLAYLIST_VERSION="1.0.0")).open_ready()
    page.watch.allow("net::ERR_")

    own_server.stop()
    expect(page.notice).to_have_class(re.compile("bad"))
    expect(page.notice).to_contain_text("The server does not answer. This page tries again every few seconds.")
    page.page.get_by_role("button", name="Add Canon in D").click()
    expect(page.page.locator("#results-problem")).to_have_text("The server does not answer. Trying again…")
    page.shoot("lost", whole=False)
    page.expect_accessible()
    own_server.start(PLAYLIST_VERSION="1.1.0")

    page.expect_recommendations(1)
    expect(page.page.locator("#results-problem")).to_be_hidden()
    expect(page.notice).to_have_count(1)
    expect(page.notice).to_contain_text("The server now runs version 1.1.0; it was 1.0.0.")
    expect(page.page.locator("#imprint")).to_contain_text("Version1.1.0")
    page.notice.get_by_role("button", name="Reload the page").click()
    expect(page.notice).to_have_count(0)
    page.expect_recommendations(1)


def test_replicas_that_answer_in_turn_do_not_make_the_page_flicker(on: On, sample_server: Server) -> None:
    page = on(sample_server)
    page.page.clock.install()
    page.page.add_init_script(_NOTE_NOTICES)
    answer = requests.get(f"{page.url}/api/version", timeout=10).json()
    versions = ["1", "2", "1", "2", "1", "2", "2", "1", "1"]
    answered: list[str] = []

    def turn(route: Route) -> None:
        answered.append(versions[min(len(answered), len(versions) - 1)])
        route.fulfill(json=answer | {"version": answered[-1]})

    page.page.route("**/api/version", turn)
    page.open_ready()
    while len(answered) < len(versions):
        page.page.clock.run_for(1000)

    expect(page.notice).to_contain_text("version 1; it was 2")
    assert page.page.evaluate("window.noted") == [
        "The server now runs version 2; it was 1.",
        "The server now runs version 1; it was 2.",
    ]


def test_reload_that_failed_is_shown(on: On, own_server: Server, tmp_path: Path) -> None:
    page = on(own_server.start()).open_ready()

    (tmp_path / "models" / "current.json").write_bytes(b"damaged")

    expect(page.page.locator("#reload-problem")).to_contain_text("A newer model could not be loaded: current.json")
    expect(page.tracks).to_have_count(10)
    page.shoot("reload-failed")
    page.expect_accessible()


def test_refused_request_is_told_in_the_servers_words(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready("Habanera")
    page.watch.allow("422")

    page.page.goto(f"{page.url}/#song=Habanera&song={'x' * 501}")

    expect(page.page.locator("#results-problem")).to_have_text("songs[1] has 501 characters, expected at most 500.")
    page.shoot("refused")
    page.expect_accessible()
    page.page.get_by_role("button", name="Remove xxx").click()
    page.expect_recommendations(1)
    expect(page.page.locator("#results-problem")).to_be_hidden()
