"""Names: short enough for Kubernetes, and never one for two."""

import pytest
from tests.chart.rendering import Object, Render, RenderError, merged

# What Helm allows at most.
LONGEST = "a" * 53
PLAIN_JOB = {"training": {"trigger": "job"}}


def _names(render: Render, values: Object, release: str) -> list[tuple[str, str]]:
    return [(found["kind"], found["metadata"]["name"]) for found in render(values, release=release)]


def test_names_fit_with_the_longest_release(render: Render) -> None:
    longest_name = {"nameOverride": "b" * 63}

    for values in (PLAIN_JOB, merged(PLAIN_JOB, longest_name)):
        for kind, name in _names(render, values, LONGEST):
            assert len(name) <= (52 if kind == "CronJob" else 63), name
        for found in render(values, release=LONGEST):
            assert all(len(value) <= 63 for value in found["metadata"]["labels"].values())


def test_names_stay_apart_when_they_are_cut(render: Render) -> None:
    blue = _names(render, {}, "a" * 48 + "-blue")
    green = _names(render, {}, "a" * 48 + "-grey")

    assert not set(blue) & set(green)


def test_a_release_named_as_the_chart_does_not_say_it_twice(render: Render) -> None:
    assert ("Service", "playlist-recommender-api") in _names(render, {}, "playlist-recommender")


def test_names_can_be_chosen(render: Render) -> None:
    assert ("Service", "songs-api") in _names(render, {"fullnameOverride": "songs"}, "recommender")
    assert ("Service", "recommender-tunes-api") in _names(render, {"nameOverride": "tunes"}, "recommender")


def test_two_releases_select_different_pods(render: Render) -> None:
    first, second = (
        render({"fullnameOverride": "songs"}, release=release).one("Service")["spec"]["selector"]
        for release in ("first", "second")
    )

    assert first != second


def test_common_labels_are_on_every_object_and_pod(render: Render) -> None:
    objects = render({"commonLabels": {"team": "music", "app.kubernetes.io/component": "mine"}})

    for found in [*objects, *(pod for _, pod in objects.pods())]:
        assert found["metadata"]["labels"]["team"] == "music"
        # What selects pods is not the user's to change.
        assert found["metadata"]["labels"]["app.kubernetes.io/component"] != "mine"


@pytest.mark.parametrize("release", ["null", "off", "a1e3"])
def test_words_that_yaml_reads_as_something_else_stay_text(render: Render, release: str) -> None:
    for found in render({"fullnameOverride": "yes"}, release=release):
        assert found["metadata"]["labels"]["app.kubernetes.io/instance"] == release
        assert isinstance(found["metadata"]["name"], str)


@pytest.mark.parametrize("release", ["123", "1e3", "my.app"])
def test_release_whose_name_no_service_can_have_is_refused(render: Render, release: str) -> None:
    with pytest.raises(RenderError, match=f"the release is called {release}"):
        render({}, release=release)

    labels = render({"fullnameOverride": "songs"}, release=release).one("Deployment")["metadata"]["labels"]
    assert labels["app.kubernetes.io/instance"] == release
