"""The operator's page at /status."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.recommender import Recommender
from tests.browser.servers import Server, train
from tests.browser.songs import SCRIPT, odd_playlists

On = Callable[..., Recommender]


@pytest.fixture
def eventful(own_server: Server, tmp_path: Path) -> Server:
    """Took a second model after its start, and could not take a third."""
    server = own_server.start(PLAYLIST_REFRESH_INTERVAL_SECONDS="0.1")
    models = tmp_path / "models"
    train(models, "--rules-per-song", "20")
    return server


def test_everything_that_an_operator_asks_is_there(on: On, eventful: Server, tmp_path: Path) -> None:
    page = on(eventful).open(path="/status")
    look = page.page

    expect(look.locator("#pods tbody tr")).to_have_count(1)
    expect(look.locator("#models tbody tr")).to_have_count(2)
    expect(look.locator("#models")).to_contain_text("songs: 0 came, 0 went; rules:")
    expect(look.locator("#models tbody tr").first).to_contain_text("in use")
    expect(look.locator("#models tbody tr").first).to_contain_text("not judged")
    expect(look.get_by_role("img", name="Recall@10 of 2 kept models")).to_be_visible()
    expect(look.locator("circle")).to_have_count(2)
    expect(look.locator("#training")).to_contain_text("published model")
    expect(look.locator("#training tbody")).to_contain_text("mine")
    expect(look.locator("#reloads tbody tr")).to_have_count(2)
    page.expect_accessible()
    page.shoot("status")


def test_fault_is_shown_when_it_comes(on: On, eventful: Server, tmp_path: Path) -> None:
    page = on(eventful).open(path="/status")
    expect(page.page.locator("#pods tbody tr")).to_contain_text("none")

    (tmp_path / "models/current.json").write_text("{")

    expect(page.page.locator("#reloads")).to_contain_text("current.json: not", timeout=20_000)
    expect(page.page.locator("#pods .bad")).to_have_text("! failed")
    page.expect_accessible()
    page.shoot("status-fault")


def test_new_server_says_that_there_is_nothing_yet(on: On, new_server: Server) -> None:
    page = on(new_server.start(), width=390, color_scheme="dark").open(path="/status/")

    expect(page.page.locator("#models")).to_contain_text("No model is kept")
    expect(page.page.locator("#training")).to_contain_text("noted nothing")
    page.expect_accessible()


def test_narrow_and_dark_screen_shows_everything_within_its_width(on: On, sample_server: Server) -> None:
    page = on(sample_server, width=390, color_scheme="dark").open(path="/status")
    expect(page.page.locator("#models tbody tr")).to_have_count(1)

    assert page.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    page.expect_accessible()
    page.shoot("status-narrow")


def test_names_from_data_sets_stay_text(on: On, new_server: Server, tmp_path: Path) -> None:
    dataset = odd_playlists(tmp_path / "odd.csv")
    flags = ("--dataset", str(dataset), "--min-support", "1", "--evaluation", "false")
    train(tmp_path / "models")
    train(tmp_path / "models", *flags)
    page = on(new_server.start()).open(path="/status")

    expect(page.page.locator("#models")).to_contain_text(SCRIPT)
    assert page.page.evaluate("window.hacked") is None


def test_lost_server_is_said_and_comes_back(on: On, own_server: Server) -> None:
    server = own_server.start()
    page = on(server).open(path="/status")
    expect(page.page.locator("#pods tbody tr")).to_have_count(1)
    page.watch.allow("ERR_CONNECTION_REFUSED")

    server.stop()
    expect(page.page.get_by_role("alert")).to_contain_text("No answer", timeout=20_000)
    server.start()

    expect(page.page.get_by_role("alert")).to_be_hidden(timeout=20_000)


def test_pods_that_disagree_are_named(on: On, sample_server: Server, sample_models: Path) -> None:
    page = on(sample_server)
    answers = iter(("one", "two") * 10)

    def another(route) -> None:  # type: ignore[no-untyped-def]
        answer = route.fetch().json()
        pod = next(answers)
        route.fulfill(body=json.dumps({**answer, "pod": pod, "model_id": f"model of {pod}"}))

    page.page.route("**/api/status", another)
    page.open(path="/status")

    expect(page.page.locator("#pods tbody tr")).to_have_count(2, timeout=20_000)
    expect(page.page.get_by_role("alert")).to_contain_text("different models")
