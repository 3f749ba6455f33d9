"""What a browser shows at an address where there is nothing."""

from collections.abc import Callable

from playwright.sync_api import expect
from tests.browser.recommender import Recommender
from tests.browser.servers import Server

On = Callable[..., Recommender]


def test_mistyped_address_leads_back_to_the_page(on: On, sample_server: Server) -> None:
    page = on(sample_server, width=390)
    page.watch.allow("404")
    page.open(path="/some/where")

    expect(page.page.get_by_role("heading", name="Page not found")).to_be_visible()
    page.shoot("not-found", whole=False)
    page.expect_accessible()
    page.page.get_by_role("link", name="Find songs").click()

    page.expect_recommendations(0)
