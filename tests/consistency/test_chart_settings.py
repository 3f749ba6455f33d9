"""Chart, schema and services name the same settings, with the same defaults.

A setting's default stands in the service's code and, for people, in values.yaml. What people edit in values.yaml as a
matter of course is compared with the schema's `default` instead, so that no such edit needs a second one here.
"""

import importlib.util
import json
from importlib.machinery import SourceFileLoader
from typing import Any

import jsonschema
import pytest
import yaml
from tests.chart.rendering import CHART, NO_HELM, ROOT, helms, rendered
from tests.chart.variants import leaves, node_at, value_at

from playlist_api.settings import Settings as ApiSettings
from playlist_runtime.logs import FORMATS, LEVELS
from playlist_runtime.settings import Setting, settings_of
from playlist_trainer.mining.engines import ENGINES
from playlist_trainer.settings import Settings as TrainerSettings

VALUES = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
SCHEMA = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
BY_COMPONENT = {"api": ApiSettings, "training": TrainerSettings}
# The chart gives probes and metrics a port of their own; a person at a terminal is served by one.
OTHER_IN_THE_CHART = {"api.metricsPort"}
# Rendered from values that are not one text: a list, or the name of a Secret.
BY_OTHER_MEANS = {"PLAYLIST_DATASET_HEADERS_FILE", "PLAYLIST_DATASET_CA_BUNDLE"}
ALL = [
    (component, field, described)
    for component, settings in BY_COMPONENT.items()
    for field, described in settings_of(settings).items()
]
WITH_VALUE = [pytest.param(*found, id=f"{found[0]}-{found[2].value}") for found in ALL if found[2].value]


def _bumped() -> set[str]:
    loader = SourceFileLoader("values_table", str(ROOT / "ci/values-table"))
    spec = importlib.util.spec_from_loader("values_table", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    found: set[str] = module.BUMPED
    return found


def _text(value: Any) -> str:
    """Return a value as the chart renders it."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(value) if isinstance(value, list) else str(value)


def _environment(component: str) -> dict[str, str]:
    in_use = {"dataset": {"headers": {"existingSecret": "x"}, "caBundle": {"existingSecret": "y"}}}
    if not helms():
        pytest.skip(NO_HELM)
    objects = rendered(next(iter(helms().values())), in_use)
    pods = {pod["metadata"]["labels"]["app.kubernetes.io/component"]: pod for _, pod in objects.pods()}
    return {entry["name"]: entry["value"] for entry in pods[component]["spec"]["containers"][0]["env"]}


@pytest.mark.parametrize(("component", "field", "described"), WITH_VALUE)
def test_value_has_the_settings_default(
    component: str,
    field: str,
    described: Setting,
) -> None:
    default = described.parse(described.default_text)
    if described.value in OTHER_IN_THE_CHART:
        default = described.parse(_text(value_at(described.value, VALUES)))

    assert described.parse(_text(node_at(described.value, SCHEMA)["default"])) == default
    if described.value not in _bumped():
        assert described.parse(_text(value_at(described.value, VALUES))) == default


@pytest.mark.parametrize(("component", "field", "described"), WITH_VALUE)
def test_value_is_one_that_the_setting_takes(
    component: str,
    field: str,
    described: Setting,
) -> None:
    described.parse(_text(value_at(described.value, VALUES)))


@pytest.mark.parametrize(("component", "field", "described"), WITH_VALUE)
def test_value_reaches_the_setting(
    component: str,
    field: str,
    described: Setting,
) -> None:
    assert _environment(component)[described.environment] == _text(value_at(described.value, VALUES))


@pytest.mark.parametrize("component", BY_COMPONENT)
def test_chart_sets_nothing_that_the_service_does_not_know(component: str) -> None:
    known = {described.environment for described in settings_of(BY_COMPONENT[component]).values()}
    rendered = {name for name in _environment(component) if name.startswith("PLAYLIST_")}

    assert rendered - known == set()
    if component == "training":
        assert rendered >= BY_OTHER_MEANS


def test_choices_in_the_schema_are_those_of_the_code() -> None:

    assert set(node_at("training.engine", SCHEMA)["enum"]) == set(ENGINES)
    assert set(node_at("logging.format", SCHEMA)["enum"]) == set(FORMATS)
    assert set(node_at("logging.level", SCHEMA)["enum"]) == set(LEVELS)


def test_every_default_in_the_schema_is_a_settings() -> None:
    named = {described.value for _, _, described in ALL if described.value}
    in_schema = {path for path in leaves(SCHEMA) if "default" in node_at(path, SCHEMA)}

    assert named - in_schema == set()
    # Settings that the chart renders and the code gives no path to, yet.
    assert {path.partition(".")[0] for path in in_schema - named} <= {"api"}


@pytest.mark.parametrize("component", BY_COMPONENT)
def test_schema_refuses_what_the_service_would_refuse(component: str) -> None:
    """A bound that only the service knows would be found after the rollout has begun."""

    for owner, _, described in ALL:
        if owner != component or not described.value or described.value == "training.minSupport":
            continue  # its rule is the template's: values.schema.json can't put it into words that help
        node = {**node_at(described.value, SCHEMA), "definitions": SCHEMA["definitions"]}
        for wrong in (-1, 2.5, 10**30, "nonsense!", ""):
            try:
                described.parse(_text(wrong))
            except ValueError:
                assert not jsonschema.Draft7Validator(node).is_valid(wrong), (described.value, wrong)
