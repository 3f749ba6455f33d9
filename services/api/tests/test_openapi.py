from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object within a document."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from nodes(part)


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/openapi.json").json
    return document


def test_document_names_every_route_and_no_other(document: dict[str, Any], make_app: Callable[..., Flask]) -> None:
    described = {(path, method.upper()) for path, operations in document["paths"].items() for method in operations}
    # The pages are for people, and no part of what a client may rely on.
    rules = [rule for rule in make_app().url_map.iter_rules() if not rule.endpoint.startswith("pages.")]
    offered = {(rule.rule, method) for rule in rules for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}

    assert described == offered


def test_document_has_the_codes_version_and_is_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert document["info"]["version"] == "7.8.9"


def test_limits_are_the_ones_in_force(make_app: Callable[..., Flask]) -> None:
    document = make_app(MAX_SONGS="2", MAX_SONG_LENGTH="5").test_client().get("/openapi.json").json

    assert document["components"]["schemas"]["SongList"]["maxItems"] == 2
    assert document["components"]["schemas"]["SongText"]["maxLength"] == 5


def test_every_reference_leads_somewhere_and_every_component_is_used(document: dict[str, Any]) -> None:
    references = {node["$ref"] for node in nodes(document) if "$ref" in node}
    components = {f"#/components/{kind}/{name}" for kind, entries in document["components"].items() for name in entries}

    assert references == components


def test_every_operation_has_an_id_of_its_own(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]

    assert len(ids) == len(set(ids))


def test_index_lists_every_operation(client: FlaskClient, document: dict[str, Any]) -> None:
    lines = client.get("/", headers={"Accept": "text/plain"}).text.splitlines()

    assert lines[0] == "Playlist recommender 7.8.9"
    assert len(lines) == 2 + sum(len(operations) for operations in document["paths"].values())
    assert "POST /api/recommend       Recommend songs that go with the given ones" in lines


def test_example_requests_are_taken(client: FlaskClient, document: dict[str, Any]) -> None:
    content = document["components"]["requestBodies"]["Recommend"]["content"]["application/json"]

    for example in content["examples"].values():
        assert client.post("/api/recommend", json=example["value"]).status_code == 200
