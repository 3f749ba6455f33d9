"""The page as a person uses it, and everything in it that must not happen."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Route, expect

SCREENSHOTS = Path(__file__).parent / "screenshots"
_TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => console.error("violates CSP:", event.violatedDirective));
"""

# Why axe can't tell a contrast: the bar of a share, something that lies over something else (the same is checked where
# nothing does), a tick in the place of a plus sign.
_MADE_UP_FOR = {"bgGradient", "bgOverlap", "elmPartiallyObscured", "elmPartiallyObscuring", "nonBmp"}


class Watch:
    """Notes errors, warnings and requests to elsewhere, on every page that it is put on."""

    def __init__(self, page: Page, url: str) -> None:
        self.faults: list[str] = []
        self._allowed: tuple[str, ...] = ()
        self._url = url
        page.add_init_script(_TELL_VIOLATIONS)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.faults.append(f"uncaught {error}"))
        page.on("request", self._on_request)

    def allow(self, *texts: str) -> None:
        """Take console messages that hold one of the texts as part of the test."""
        self._allowed += texts

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(text in message.text for text in self._allowed):
            self.faults.append(f"{message.type}: {message.text}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self._url, "data:", "blob:")):
            self.faults.append(f"asked elsewhere: {request.url}")


class Recommender:
    """The page at /."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.watch = Watch(page, url)
        self.query = page.get_by_role("combobox", name="Find a song")
        self.suggestions = page.locator("#suggestions [role=option]")
        self.sample = page.locator("#sample li")
        self.tray = page.locator("#tray")
        self.chosen = page.locator("#tray-list .tray-row")
        self.tracks = page.locator("#tracks .track")
        self.heading = page.locator("#results-title")
        self.nodes = page.locator("#map-columns .node:visible")
        self.notice = page.locator(".notice")
        self._held: list[Route] = []

    def open(self, *songs: str, path: str = "/") -> "Recommender":
        """Open it, with songs in the address."""
        fragment = "&".join(f"song={quote_plus(song)}" for song in songs)
        self.page.goto(f"{self.url}{path}" + (f"#{fragment}" if songs else ""))
        return self

    def open_ready(self, *songs: str, known: int | None = None) -> "Recommender":
        """Open it and wait for what it shows first; ``known`` of the songs are the model's, by default all."""
        self.open(*songs)
        self.expect_recommendations(len(songs) if known is None else known)
        expect(self.sample.first).to_be_visible()
        return self

    def type(self, text: str) -> None:
        """Type over what is there, and wait for suggestions."""
        self.query.fill(text)
        expect(self.suggestions.first).to_be_visible()

    def choose(self, title: str) -> None:
        """Choose a song by the search."""
        self.type(title)
        self.suggestions.filter(has=self._titled(title)).first.click()
        expect(self.query).to_have_value("")

    def expect_recommendations(self, song_count: int) -> None:
        """Wait until the recommendations are the ones for so many chosen songs that the model knows."""
        titles = {0: "Popular right now", 1: "Goes with your song"}
        expect(self.heading).to_have_text(titles.get(song_count, f"Goes with your {song_count} songs"))
        expect(self.page.locator("#tracks")).not_to_have_attribute("aria-busy", "true")
        expect(self.tracks.first).to_be_visible()

    def track(self, title: str) -> Locator:
        """Return the recommendation of a song."""
        return self.tracks.filter(has=self._titled(title))

    def expect_playlist(self, *titles: str) -> None:
        """Wait until the tray holds just these songs, in this order."""
        expect(self.chosen.locator(".title")).to_have_text(list(titles))

    def chosen_song(self, title: str) -> Locator:
        """Return the row of a chosen song."""
        return self.chosen.filter(has=self._titled(title))

    def handle(self, title: str) -> Locator:
        """Return what a chosen song is moved by."""
        return self.chosen_song(title).locator(".handle")

    def open_menu(self, place: str) -> Locator:
        """Open the menu that saves songs, of the tray or of the results."""
        menu = self.page.locator(f"#{place}-save")
        menu.locator("summary").click()
        return menu

    def open_map(self) -> None:
        """Show the map, where there is no room for both."""
        self.page.get_by_role("button", name="Map", exact=True).click()
        expect(self.nodes.first).to_be_visible()

    def column(self, place: int) -> Locator:
        """Return the songs of a column of the map, the first being 0."""
        return self.page.locator("#map-columns .column").nth(place).locator(".node")

    def _titled(self, title: str) -> Locator:
        return self.page.locator(".title").filter(has_text=re.compile(f"^{re.escape(title)}$"))

    def titles(self) -> list[str]:
        """Return the recommended titles, in their order."""
        return self.tracks.locator(".title").all_text_contents()

    def hold_back(self, pattern: str, times: int | None = None) -> None:
        """Never answer such requests."""

        def hold(route: Route) -> None:
            self._held.append(route)

        self.page.route(pattern, hold, times=times)

    def close(self) -> None:
        """Leave nothing open."""
        for route in self._held:
            route.abort()
        self.page.context.close()

    def shoot(self, name: str, *, whole: bool = True) -> None:
        """Write a screenshot to look at."""
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=whole, animations="disabled")

    def expect_accessible(self) -> None:
        """Find nothing by axe, with the rules of WCAG 2.2 AA and the best practices.

        What axe could not decide is a fault as well, except for reasons that other tests make up for.
        """
        results: dict[str, Any] = Axe().run(self.page, options={"rules": {"target-size": {"enabled": True}}}).response
        faults = [
            f"{entry['id']}: {node['html'][:200]} {[check['message'] for check in node['any']]}"
            for entry in [*results["violations"], *results["incomplete"]]
            for node in entry["nodes"]
            if not any((check["data"] or {}).get("messageKey") in _MADE_UP_FOR for check in node["any"])
        ]
        assert not faults, "\n".join(faults)
