"""Chart, schema and services name the same settings, with the same defaults.

A setting's default stands in the service's code and in the chart's schema. values.yaml begins with the same, and is
not looked at here: people edit it.
"""

from typing import Any

import jsonschema
import pytest
from tests.chart.rendering import DEFAULTS, NO_HELM, SCHEMA, Object, helms, nested, rendered
from tests.chart.variants import node_at, value_at

from playlist_api.settings import Settings as ApiSettings
from playlist_runtime.logs import FORMATS, LEVELS
from playlist_runtime.settings import Setting, settings_of
from playlist_trainer.mining.engines import ENGINES
from playlist_trainer.setting_types import ENGINE_NAMES, SPARK
from playlist_trainer.settings import Settings as TrainerSettings

BY_COMPONENT = {"api": ApiSettings, "training": TrainerSettings}
# The chart gives probes and metrics a port of their own; a person at a terminal is served by one.
OTHER_IN_THE_CHART = {"api.metricsPort"}
# Made of another value by default, which 0 stands for; what that makes is the setting's default.
DERIVED = {"training.lockTimeoutSeconds": 17}
# Rendered from values that are not one text: a list, or the name of a Secret.
BY_OTHER_MEANS = {
    "PLAYLIST_DATASET_HEADERS_FILE",
    "PLAYLIST_DATASET_CA_BUNDLE",
    "PLAYLIST_MODEL_STORE_CA_BUNDLE",
}
INSTEAD_OF_THE_URL = "PLAYLIST_DATASET_SECRET_DIR"
ALL = [
    (component, field, described)
    for component, settings in BY_COMPONENT.items()
    for field, described in settings_of(settings).items()
]
WITH_VALUE = [pytest.param(*found, id=f"{found[0]}-{found[2].value}") for found in ALL if found[2].value]


def _text(value: Any) -> str:
    """Return a value as the chart renders it."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(value) if isinstance(value, list) else str(value)


IN_USE = {
    "dataset": {"headers": {"existingSecret": "x"}, "caBundle": {"existingSecret": "y"}},
    "modelStore": {"url": "s3://models/a", "caBundle": {"existingSecret": "z"}},
}


def _environment(component: str, values: Object | None = None) -> dict[str, str]:
    if not helms():
        pytest.skip(NO_HELM)
    objects = rendered(next(iter(helms().values())), values or {})
    pods = {pod["metadata"]["labels"]["app.kubernetes.io/component"]: pod for _, pod in objects.pods()}
    # What Kubernetes itself fills in has no value here.
    return {entry["name"]: entry.get("value", "") for entry in pods[component]["spec"]["containers"][0]["env"]}


@pytest.mark.parametrize(("component", "field", "described"), WITH_VALUE)
def test_value_has_the_settings_default(
    component: str,
    field: str,
    described: Setting,
) -> None:
    is_derived = described.value in DERIVED
    text = _environment(component)[described.environment] if is_derived else _text(value_at(described.value, DEFAULTS))
    in_chart = described.parse(text)

    if described.value not in OTHER_IN_THE_CHART:
        assert in_chart == described.parse(described.default_text)


@pytest.mark.parametrize(("component", "field", "described"), WITH_VALUE)
def test_value_reaches_the_setting(
    component: str,
    field: str,
    described: Setting,
) -> None:
    # What one engine alone reads is rendered with it alone.
    values = {"training": {"engine": "spark"}} if described.value.startswith("training.spark.") else {}
    value = value_at(described.value, DEFAULTS)
    if described.value in DERIVED:
        value = DERIVED[described.value]
        values = nested(described.value, value)
    found = _environment(component, values)

    assert found[described.environment] == _text(value)


@pytest.mark.parametrize("component", BY_COMPONENT)
def test_chart_sets_nothing_that_the_service_does_not_know(component: str) -> None:
    known = {described.environment for described in settings_of(BY_COMPONENT[component]).values()}
    from_secret = _environment(component, {"dataset": {"existingSecret": "x"}})
    by_spark = _environment(component, {"training": {"engine": "spark"}})
    all_names = _environment(component, IN_USE) | from_secret | by_spark
    rendered = {name for name in all_names if name.startswith("PLAYLIST_")}

    assert rendered - known == set()
    if component == "training":
        assert rendered >= BY_OTHER_MEANS | {INSTEAD_OF_THE_URL}


def test_choices_in_the_schema_are_those_of_the_code() -> None:

    assert set(node_at("training.engine", SCHEMA)["enum"]) == set(ENGINE_NAMES) == {*ENGINES, SPARK}
    assert set(node_at("logging.format", SCHEMA)["enum"]) == set(FORMATS)
    assert set(node_at("logging.level", SCHEMA)["enum"]) == set(LEVELS)


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
