"""NOTES.txt, read as somebody does who has just installed the chart."""

import json
import re
import shutil
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from tests.chart.rendering import ROOT, Object, default_chart, template

Notes = Callable[[Object], str]


@pytest.fixture(scope="module")
def notes(helm: str, tmp_path_factory: pytest.TempPathFactory) -> Notes:
    """Render the notes; `helm template` has no option for it, so they become a field of an object."""
    chart = tmp_path_factory.mktemp("notes") / "chart"
    shutil.copytree(default_chart(), chart)
    (chart / "templates/NOTES.txt").rename(chart / "NOTES.txt")
    (chart / "templates/notes.yaml").write_text('kind: Notes\ntext: {{ tpl (.Files.Get "NOTES.txt") . | toJson }}\n')

    def render(values: Object) -> str:
        rendered = template(helm, json.dumps(values), chart, "recommender", ("--show-only", "templates/notes.yaml"))
        text: Any = yaml.safe_load(rendered)["text"]
        return str(text)

    return render


@pytest.mark.parametrize(
    ("api", "words"),
    [
        ({}, "kubectl port-forward service/recommender-playlist-recommender-api 8080:80 --namespace songs"),
        ({"service": {"type": "NodePort"}}, ".spec.ports[0].nodePort"),
        ({"service": {"type": "LoadBalancer"}}, ".status.loadBalancer.ingress[0].ip"),
        ({"ingress": {"enabled": True, "hosts": ["a.example"]}}, "URL=http://a.example\n"),
        (
            {"ingress": {"enabled": True, "hosts": ["a.example"], "tls": [{"hosts": ["a.example"]}], "path": "/x"}},
            "URL=https://a.example/x\n",
        ),
    ],
)
def test_notes_say_how_to_ask_for_each_kind_of_service(notes: Notes, api: Object, words: str) -> None:
    text = notes({"api": api})

    assert words in text
    assert 'curl --silent "$URL/api/recommend" --data' in text


def test_notes_ask_for_a_song_that_the_model_knows(notes: Notes) -> None:
    sample = (ROOT / "services/trainer/src/playlist_trainer/sample.csv").read_text(encoding="utf-8")
    asked = re.findall(r'"songs": \["(.+?)"\]', notes({"dataset": {"url": "builtin:sample"}}))

    assert [song for song in asked if f",{song}," not in sample] == []
    # Of a dataset of one's own nothing is known here.
    assert "/api/songs/random" in notes({"dataset": {"url": "https://data.example/a.csv"}})


def test_notes_name_only_objects_that_exist(notes: Notes, helm: str) -> None:
    manifests = template(helm, "{}", default_chart(), "recommender")

    for name in re.findall(r"(?:service/|job/)([a-z-]+)", notes({})):
        assert f"name: {name}\n" in manifests, name


def test_notes_show_no_password(notes: Notes) -> None:
    for user in ("user:secret", "user:s/secret", "us/er:secret@x"):
        text = notes({"dataset": {"url": f"https://{user}@data.example/a.csv?token=secret"}})

        assert "https://data.example/a.csv" in text
        assert "secret" not in text


def test_notes_name_the_secret_that_names_the_dataset(notes: Notes) -> None:
    text = notes({"dataset": {"existingSecret": "playlists"}})

    assert "learned from what the Secret playlists names" in text
    assert "/api/songs/random" in text


def test_notes_end_without_loose_template_lines(notes: Notes) -> None:
    for values in ({}, {"persistence": {"keep": False}}, {"training": {"trigger": "job"}}):
        text = notes(values)
        assert "{{" not in text
        assert "<no value>" not in text
        assert "\n\n\n" not in text
