"""The API's description at /docs."""

from collections.abc import Callable

from playwright.sync_api import expect
from tests.browser.recommender import Recommender
from tests.browser.servers import Server

On = Callable[..., Recommender]


def test_every_operation_is_shown(on: On, sample_server: Server) -> None:
    page = on(sample_server).open(path="/docs")

    expect(page.page.locator(".opblock-summary-path", has_text="/api/recommend").first).to_be_visible()
    expect(page.page.locator(".opblock")).to_have_count(14)
    page.shoot("docs")


def test_request_is_tried_from_the_page(on: On, sample_server: Server) -> None:
    page = on(sample_server, color_scheme="dark").open(path="/docs")
    operation = page.page.locator("#operations-recommend-recommend")
    operation.locator(".opblock-summary-control").click()
    examples = operation.locator(".opblock-section-request-body .examples-select-element")
    expect(examples.locator("option")).to_have_text(
        ["A song of many playlists", "A song of few playlists", "A song that the model does not know", "With reasons"]
    )

    examples.select_option(label="With reasons")
    operation.get_by_role("button", name="Execute").click()

    answer = operation.locator(".live-responses-table")
    expect(answer.locator(".response-col_status").last).to_contain_text("200")
    expect(answer.locator(".highlight-code").first).to_contain_text('"together_count"')
    page.shoot("docs-tried", whole=False)


def test_way_leads_from_the_page_to_its_description_and_back(on: On, sample_server: Server) -> None:
    page = on(sample_server).open_ready()

    page.page.get_by_role("link", name="Try the API").click()
    expect(page.page.locator(".opblock").first).to_be_visible()
    page.page.get_by_role("link", name="Playlist recommender").click()

    page.expect_recommendations(0)
