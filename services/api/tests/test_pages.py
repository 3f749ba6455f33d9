import os
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask import Flask
from flask.testing import FlaskClient

from playlist_api.views.pages import StaticFile, static_files

FILES = static_files()
LINK = re.compile(r'(?:src|href)="(static/[^"]+)"')
IMPORT = re.compile(r'from "\./([^"]+)"')


def policy_of(client: FlaskClient, path: str) -> dict[str, str]:
    policy = client.get(path).headers["Content-Security-Policy"]
    return dict(directive.split(" ", 1) for directive in policy.split("; "))


def test_page_is_what_a_browser_gets(client: FlaskClient) -> None:
    response = client.get("/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert response.status_code == 200
    assert response.content_type == "text/html; charset=utf-8"
    assert "<h1>Playlist recommender</h1>" in response.text


@pytest.mark.parametrize("accept", ["*/*", "text/*", "image/png", ""])
def test_page_is_what_anybody_else_gets(client: FlaskClient, accept: str) -> None:
    assert client.get("/", headers={"Accept": accept}).mimetype == "text/html"


def test_plain_text_is_given_to_whoever_asks_for_it(client: FlaskClient) -> None:
    response = client.get("/", headers={"Accept": "text/plain"})

    assert response.content_type == "text/plain; charset=utf-8"
    assert response.headers["Vary"] == "Accept"


def test_pages_need_no_model(make_app: Callable[..., Flask]) -> None:
    client = make_app().test_client()

    assert {client.get(path).status_code for path in ("/", "/docs", "/status")} == {200}


def test_policy_allows_nothing_but_the_servers_own(client: FlaskClient) -> None:
    assert policy_of(client, "/") == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self' data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }


def test_policy_of_the_description_only_lets_swagger_ui_write_markup(client: FlaskClient) -> None:
    page, docs = policy_of(client, "/"), policy_of(client, "/docs")

    assert page.keys() - docs.keys() == {"require-trusted-types-for", "trusted-types"}
    assert docs.items() <= page.items()


def test_operators_page_is_as_closed_as_the_recommenders(client: FlaskClient) -> None:
    assert policy_of(client, "/status") == policy_of(client, "/status/") == policy_of(client, "/")


@pytest.mark.parametrize("path", ["/", "/docs", "/status"])
def test_every_file_that_a_page_loads_is_there(client: FlaskClient, path: str) -> None:
    links = LINK.findall(client.get(path).text)

    assert len(links) > 3
    for link in links:
        assert client.get(f"/{link}").status_code == 200, link


@pytest.mark.parametrize(("path", "folder"), [("/", "js/"), ("/status", "js/operator/")])
def test_page_names_every_module_that_it_will_need(client: FlaskClient, path: str, folder: str) -> None:
    links = set(LINK.findall(client.get(path).text))
    modules = {path for path in FILES if path.rpartition("/")[0] + "/" == folder} - {"js/docs.js"}

    imported = {f"{folder}{name}" for path in modules for name in IMPORT.findall(FILES[path].content.decode())}

    assert imported | {f"{folder}main.js"} == modules
    assert {f"static/{path}" for path in modules} <= links, "each one that is missing costs a round trip"


@pytest.mark.parametrize("path", ["/", "/docs", "/docs/", "/status", "/status/"])
def test_every_link_of_a_page_leads_somewhere(client: FlaskClient, path: str) -> None:
    page = client.get(path)

    links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert page.status_code == 200
    assert len(links) > 4
    assert {link: client.get(urljoin(path, link)).status_code for link in links} == dict.fromkeys(links, 200)


def test_pages_name_no_other_server() -> None:
    own = {path: file for path, file in FILES.items() if not path.startswith("swagger-ui/")}

    # To listen elsewhere is what a person chooses to do: links alone.
    links = {"js/listen.js": {b"https://open.spotify.com", b"https://www.youtube.com"}}
    found = {path: re.findall(rb"(?:https?:)?//[a-z0-9-]+\.[a-z0-9.-]+", file.content) for path, file in own.items()}

    assert {path: hosts for path, hosts in found.items() if set(hosts) - links.get(path, {b"http://www.w3.org"})} == {}


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("js/main.js", "text/javascript; charset=utf-8"),
        ("css/base.css", "text/css; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
        ("swagger-ui/swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
    ],
)
def test_files_have_their_types(client: FlaskClient, path: str, content_type: str) -> None:
    response = client.get(f"/static/{path}")

    assert response.content_type == content_type
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.data == FILES[path].content


@pytest.mark.parametrize(
    "path",
    [
        "",
        "nothing.js",
        "../app.py",
        "%2e%2e/app.py",
        "js",
        "js/",
        "/etc/passwd",
        "index.html",
        "docs.html",
        "status.html",
    ],
)
def test_anything_else_is_not_found(client: FlaskClient, path: str) -> None:
    response = client.get(f"/static/{path}")

    assert response.status_code == 404
    assert response.content_type == "application/problem+json"


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.mark.parametrize("path", ["/nothing", "/a/b/c", "/api/nothing", "/static/index.html", "/not-found.html"])
def test_browser_is_shown_a_page_where_there_is_nothing(client: FlaskClient, path: str) -> None:
    page = client.get(path, headers=BROWSER)

    assert (page.status_code, page.content_type) == (404, "text/html; charset=utf-8")
    assert page.headers["Vary"] == "Accept"
    assert page.headers["Content-Security-Policy"] == client.get("/").headers["Content-Security-Policy"]
    links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(links) > 3
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_page_where_there_is_nothing_leads_back_below_a_base_path(make_app: Callable[..., Flask]) -> None:
    client = make_app(BASE_PATH="/music").test_client()

    inside, outside = (client.get(path, headers=BROWSER).text for path in ("/music/nothing", "/nothing"))

    assert 'href="/music/"' in inside
    assert inside == outside


@pytest.mark.parametrize("accept", ["*/*", "application/json", ""])
def test_program_is_given_a_problem_where_there_is_nothing(client: FlaskClient, accept: str) -> None:
    answer = client.get("/nothing", headers={"Accept": accept})

    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_unknown_song_is_a_problem_for_a_browser_as_well(client: FlaskClient) -> None:
    assert client.get("/api/songs/related?song=x", headers=BROWSER).content_type == "application/problem+json"


@pytest.mark.parametrize("path", ["/", "/docs", "/static/js/main.js"])
def test_browser_asks_each_time_and_is_told_when_nothing_changed(client: FlaskClient, path: str) -> None:
    first = client.get(path)

    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    other = client.get(path, headers={"If-None-Match": '"of another version"'})

    assert first.headers["Cache-Control"] == "no-cache"
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert other.status_code == 200


def test_tag_changes_with_a_single_byte_though_date_and_size_stay(tmp_path: Path) -> None:
    tags = []
    for version in ("1", "2"):
        file = tmp_path / version / "page.js"
        file.parent.mkdir()
        file.write_text(f"export const version = {version};")
        os.utime(file, (0, 0))
        tags.append(StaticFile.read(file).etag)

    assert tags[0] != tags[1]
