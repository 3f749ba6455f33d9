"""Environments whose dataset's URL stands in a Secret (``dataset.existingSecret``)."""

import pytest

from .dataset_server import DatasetServer
from .hub import PRODUCTION, STAGING, Hub, Terminal

DIGEST = f"sha256:{'ab' * 32}"
CHART = "charts/playlist-recommender/values.yaml"


def _take_from_secret(hub: Hub, bump: Terminal, path: str, name: str) -> None:
    hub.edit(hub.clone(name), path, "url: builtin:sample", f"existingSecret: {name}")


@pytest.mark.parametrize("url", ["", "builtin:sample"])
def test_a_url_beside_a_secret_is_refused_before_the_chart_does(
    hub: Hub, bump: Terminal, server: DatasetServer, url: str
) -> None:
    _take_from_secret(hub, bump, STAGING, "private")

    said = bump(hub.clone("mine"), "dataset", url or server.url, "--environment", "staging")

    assert said.exit_code == 64
    assert "from the Secret 'private' (dataset.existingSecret)" in said.err
    assert "remove dataset.existingSecret first, or change the URL in the Secret" in said.err
    assert server.asked == 0
    assert len(hub.subjects()) == 2


def test_a_secret_of_the_charts_defaults_counts_unless_it_is_taken_back(
    hub: Hub, bump: Terminal, server: DatasetServer
) -> None:
    mine = hub.clone("mine")
    hub.add(mine, CHART, "dataset: {existingSecret: private}\n")

    assert "the Secret 'private'" in bump(mine, "dataset", server.url, "--environment", "staging").err
    hub.edit(mine, STAGING, "  # pins", "  existingSecret: ''\n  # pins")
    assert bump(mine, "dataset", server.url, "--environment", "staging").exit_code == 0


@pytest.mark.parametrize("arguments", [[], ["https://example.com/a.csv"]])
def test_watch_leaves_a_secret_to_the_cluster(hub: Hub, bump: Terminal, arguments: list[str]) -> None:
    _take_from_secret(hub, bump, STAGING, "private")

    said = bump(hub.clone("mine"), "watch", *arguments, "--environment", "staging")

    assert said.exit_code == 64
    assert "no URL in Git to watch: leave it to training.reconcile" in said.err
    assert "writes one" not in said.err


@pytest.mark.parametrize("private", [[STAGING], [PRODUCTION], [STAGING, PRODUCTION]])
def test_of_an_environment_with_a_secret_images_alone_are_promoted(
    hub: Hub, bump: Terminal, private: list[str]
) -> None:
    for number, path in enumerate(private):
        _take_from_secret(hub, bump, path, f"private-{number}")
    mine = hub.clone("mine")
    hub.edit(mine, STAGING, 'sha256: ""', f'sha256: "{"cd" * 32}"')
    bump(mine, "image", "api", "0.2.0", "--digest", DIGEST, "--environment", "staging")
    before = hub.values(PRODUCTION)["dataset"]

    said = bump(mine, "promote", "staging", "production")

    assert said.exit_code == 0
    assert hub.values(PRODUCTION)["api"]["image"] == {"tag": "0.2.0", "digest": DIGEST}
    assert hub.values(PRODUCTION)["dataset"] == before
    assert "takes its dataset from the Secret 'private-0'" in said.err
    assert "images are promoted, and the dataset of production is left as it is" in said.err
    assert said.err.count("\n") == 1
