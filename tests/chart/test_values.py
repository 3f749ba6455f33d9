"""values.yaml is the product's user interface: documented, closed, and clear about mistakes."""

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from tests.chart.effects import WHERE_IT_SHOWS
from tests.chart.rendering import Object, Render, RenderError, merged, nested
from tests.chart.variants import leaves, node_at, other_value, value_at


def _closed_faults(node: Any, path: str = "") -> list[str]:
    if not isinstance(node, dict):
        return []
    faults = [path] if "properties" in node and node.get("additionalProperties") is not False else []
    for key, below in node.items():
        if key not in {"default", "enum"}:
            faults += _closed_faults(below, f"{path}/{key}")
    return faults


def test_schema_is_closed(schema: Object) -> None:
    jsonschema.Draft7Validator.check_schema(schema)

    assert _closed_faults(schema) == []


def test_values_and_schema_name_the_same_keys(chart: Path, schema: Object) -> None:
    values = yaml.safe_load((chart / "values.yaml").read_text(encoding="utf-8"))
    named = set(leaves(schema))
    missing = [path for path in named if not _has(values, path)]
    free = [path for path in _paths(values) if not any(path == name or path.startswith(f"{name}.") for name in named)]

    assert (missing, free) == ([], [])


def _has(values: Object, path: str) -> bool:
    try:
        value_at(path, values)
    except KeyError:
        return False
    return True


def _paths(values: Object, path: str = "") -> list[str]:
    found = []
    for key, value in values.items():
        here = f"{path}.{key}" if path else key
        found += _paths(value, here) if isinstance(value, dict) and value else [here]
    return found


def test_every_key_has_a_comment_that_begins_with_it(chart: Path, schema: Object) -> None:
    lines = (chart / "values.yaml").read_text(encoding="utf-8").splitlines()
    path: list[str] = []
    documented = set()
    comment: list[str] = []
    for line in lines:
        key = re.match(r"( *)([A-Za-z0-9]+):", line)
        if line.lstrip().startswith("#"):
            comment.append(line.lstrip("# "))
        elif key:
            path = [*path[: len(key[1]) // 2], key[2]]
            if comment and comment[0].startswith(f"{key[2]} "):
                documented.add(".".join(path))
            comment = []

    assert [name for name in leaves(schema) if name not in documented] == []


def test_the_three_edits_stand_at_the_top(chart: Path) -> None:
    top = (chart / "values.yaml").read_text(encoding="utf-8").splitlines()[:60]

    for key in ("  url:", "  replicas:", "    tag:"):
        assert any(line.startswith(key) for line in top), key


def test_every_value_has_an_effect(render_once: Render, schema: Object, values: Object) -> None:
    """A value that no template reads is a promise that nobody keeps."""
    silent = []
    for path in leaves(schema):
        base = WHERE_IT_SHOWS.get(path, {})
        change = nested(path, other_value(path, schema, merged(values, base)))
        if render_once(merged(base, change)) == render_once(base):
            silent.append(path)

    assert silent == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        # a typo
        ({"api": {"replcas": 3}}, ["/api", "replcas"]),
        ({"replicas": 3}, ["replicas"]),
        ({"dataset": {"ulr": "x"}}, ["/dataset", "ulr"]),
        ({"api": {"resources": {"limit": {}}}}, ["/api/resources", "limit"]),
        ({"api": {"image": {"Tag": "1"}}}, ["/api/image", "Tag"]),
        # a wrong type
        ({"api": {"replicas": "3"}}, ["/api/replicas", "string", "integer"]),
        ({"api": {"replicas": -1}}, ["/api/replicas", "minimum"]),
        ({"dataset": {"url": None}}, ["/dataset", "missing property 'url'"]),
        ({"dataset": {"url": ""}}, ["/dataset/url"]),
        ({"dataset": {"sha256": "abc"}}, ["/dataset/sha256", "abc"]),
        ({"dataset": {"sha256": 123}}, ["/dataset/sha256", "number", "string"]),
        ({"dataset": {"maxBytes": "2GB"}}, ["/dataset/maxBytes", "2GB"]),
        ({"training": {"trigger": "cron"}}, ["/training/trigger", "'hook', 'job'"]),
        ({"training": {"engine": "apriori"}}, ["/training/engine", "eclat"]),
        ({"training": {"minConfidence": 5}}, ["/training/minConfidence", "maximum"]),
        ({"training": {"reconcile": {"schedule": "daily"}}}, ["/training/reconcile/schedule", "daily"]),
        ({"persistence": {"accessMode": "ReadWriteOncePod"}}, ["/persistence/accessMode", "'ReadWriteMany'"]),
        ({"api": {"image": {"digest": "1234"}}}, ["/api/image/digest"]),
        # what only a sentence explains
        ({"api": {"image": {"tag": 1.1}}}, ["api.image.tag is the number 1.1", "quotes"]),
        ({"trainer": {"image": {"tag": "latest"}}}, ["trainer.image.tag is latest", "name a version"]),
        ({"training": {"minSupport": "5%"}}, ["training.minSupport is 5%", "5% is 0.05"]),
        ({"training": {"minSupport": ""}}, ["training.minSupport is empty", "write auto"]),
        ({"training": {"minSupport": 1.5}}, ["training.minSupport is 1.5", "whole number"]),
        ({"training": {"minSupport": 0}}, ["training.minSupport is 0", "above 0"]),
        ({"training": {"minSupport": "automatic"}}, ["training.minSupport is automatic", "write auto"]),
        ({"monitoring": {"rules": {"latencySeconds": 0.3}}}, ["/monitoring/rules/latencySeconds"]),
        ({"api": {"image": {"tag": "1.0: b"}}}, ['api.image.tag is "1.0: b"', "the tag alone"]),
        ({"trainer": {"image": {"tag": "0.2.0 #x"}}}, ['trainer.image.tag is "0.2.0 #x"']),
        (
            {"api": {"image": {"repository": "ghcr.io/me/api:1.2"}}},
            ['repository is "ghcr.io/me/api:1.2"', "without a tag"],
        ),
        ({"imageRegistry": "https://registry.example"}, ['imageRegistry is "https://registry.example"']),
        ({"api": {"ingress": {"enabled": True, "hosts": ["https://x/y"]}}}, ['has "https://x/y"', "name alone"]),
        (
            {"api": {"extraContainers": [{"name": 5, "image": "a"}, {"name": 5, "image": "b"}]}},
            ["two extra", "called 5"],
        ),
        ({"api": {"metricsPort": 8080}}, ["api.metricsPort is 8080", "choose another"]),
        ({"modelStore": {"url": "s3://songs", "endpoint": "https://minio:99999"}}, ["the port 99999", "1 to 65535"]),
        ({"modelStore": {"url": "s3://songs", "endpoint": "https://minio:09000"}}, ["the port 09000"]),
        ({"modelStore": {"url": "s3://songs", "endpoint": "https://minio:90a0"}}, ["the port 90a0"]),
        ({"dataset": {"deadlineSeconds": "0.0"}}, ["/dataset/deadlineSeconds"]),
        ({"dataset": {"maxBytes": 0}}, ["/dataset/maxBytes"]),
        ({"dataset": {"maxBytes": "0.0Gi"}}, ["/dataset/maxBytes"]),
        ({"persistence": {"size": "0"}}, ["/persistence/size"]),
        ({"training": {"minSupport": "inf"}}, ["training.minSupport is inf"]),
        ({"training": {"activeDeadlineSeconds": 2147483647}}, ["/training/activeDeadlineSeconds", "maximum"]),
        ({"api": {"ingress": {"path": "/a//b"}}}, ["/api/ingress/path"]),
        ({"api": {"ingress": {"hosts": ["10.0.0.1"]}}}, ['api.ingress.hosts has "10.0.0.1"']),
        ({"api": {"ingress": {"tls": [{"hosts": ["https://a.org"]}]}}}, ['api.ingress.tls has "https://a.org"']),
        ({"api": {"httpRoute": {"hostnames": ["A.example.org"]}}}, ['api.httpRoute.hostnames has "A.example.org"']),
        ({"api": {"image": {"tag": ".1"}}}, ['api.image.tag is ".1"']),
        ({"api": {"image": {"tag": "-1"}}}, ['api.image.tag is "-1"']),
        ({"api": {"image": {"repository": "r:5000/a//b"}}}, ["api.image.repository"]),
        ({"api": {"image": {"repository": "a/b..c"}}}, ["api.image.repository"]),
        ({"api": {"image": {"repository": "a/-b"}}}, ["api.image.repository"]),
        ({"trainer": {"image": {"repository": "a/b___c"}}}, ["trainer.image.repository"]),
        ({"imageRegistry": "registry.example.com//x"}, ["imageRegistry"]),
        ({"api": {"replicas": 3000000000}}, ["/api/replicas", "maximum"]),
        ({"training": {"maxRules": 10**19}}, ["/training/maxRules", "maximum"]),
        # an impossible combination
        (
            {"dataset": {"deadlineSeconds": 240}},
            ["dataset.deadlineSeconds (240) is not below training.activeDeadlineSeconds (240)"],
        ),
        (
            {"training": {"lockTimeoutSeconds": 240}},
            ["training.lockTimeoutSeconds (240) is not below training.activeDeadlineSeconds (240)"],
        ),
        (
            {"api": {"scrapeAnnotations": {"enabled": True}}, "networkPolicy": {"enabled": True}},
            ["api.scrapeAnnotations.enabled is true", "metricsFrom is empty"],
        ),
        ({"monitoring": {"rules": {"enabled": True}}}, ["monitoring.rules.enabled is true", "monitoring.selector"]),
        ({"modelStore": {"region": "eu-west-1"}}, ["region", "modelStore.url is empty"]),
        (
            {"modelStore": {"url": "s3://songs"}, "persistence": {"existingClaim": "models"}},
            ["modelStore.url and persistence.existingClaim are both set"],
        ),
        (
            {"trainer": {"annotations": {"argocd.argoproj.io/hook": "PostSync"}}},
            ["trainer.annotations has argocd.argoproj.io/hook", "remove it"],
        ),
        (
            {
                "api": {
                    "httpRoute": {
                        "enabled": True,
                        "pathType": "Exact",
                        "parentRefs": [{}],
                        "filters": [
                            {
                                "type": "URLRewrite",
                                "urlRewrite": {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}},
                            }
                        ],
                    }
                }
            },
            ["replaces a prefix, but api.httpRoute.pathType is Exact", "parentRefs has an entry without a name"],
        ),
        ({"api": {"serviceMonitor": {"enabled": True}, "podMonitor": {"enabled": True}}}, ["both true", "leave one"]),
        (
            {"api": {"podMonitor": {"enabled": True}}, "networkPolicy": {"enabled": True}},
            ["api.podMonitor.enabled is true", "metricsFrom is empty"],
        ),
        ({"api": {"service": {"nodePort": 30080}}}, ["nodePort is 30080", "set api.service.type to NodePort"]),
        ({"api": {"service": {"loadBalancerClass": "x"}}}, ["set api.service.type to LoadBalancer"]),
        ({"api": {"drainSeconds": 11}}, ["terminationGracePeriodSeconds is 30", "at least 31"]),
        ({"api": {"ingress": {"enabled": True}}}, ["api.ingress.hosts is empty", "name at least one"]),
        ({"api": {"httpRoute": {"enabled": True}}}, ["api.httpRoute.parentRefs is empty", "name the Gateway"]),
        (
            {"api": {"autoscaling": {"enabled": True, "minReplicas": 9, "maxReplicas": 3}}},
            ["minReplicas (9) is above maxReplicas (3)"],
        ),
        (
            {"api": {"autoscaling": {"enabled": True}, "resources": {"requests": {"cpu": None}}}},
            ["api.resources.requests.cpu is not set", "100m"],
        ),
        (
            {"dataset": {"caBundle": {"existingSecret": "a", "existingConfigMap": "b"}}},
            ["existingSecret and existingConfigMap", "leave one"],
        ),
        (
            {"dataset": {"existingSecret": "a", "url": "https://data.example/a.csv?token=t0ken"}},
            ["dataset.existingSecret and dataset.url are both set", "remove one"],
        ),
        (
            {"dataset": {"existingSecret": "a", "headers": {"existingSecret": "b"}}},
            ["dataset.existingSecret and dataset.headers.existingSecret are both set", "leave it empty"],
        ),
        (
            {
                "api": {
                    "httpRoute": {
                        "enabled": True,
                        "parentRefs": [{"name": "public"}],
                        "filters": [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https"}}],
                    }
                }
            },
            ["api.httpRoute.filters has a RequestRedirect", "extraObjects"],
        ),
        ({"api": {"httpRoute": {"pathType": "Prefix"}}}, ["/api/httpRoute/pathType", "'PathPrefix'"]),
        ({"api": {"extraContainers": [{"name": "proxy"}]}}, ["/api/extraContainers/0", "image"]),
        ({"trainer": {"extraInitContainers": {"name": "a"}}}, ["/trainer/extraInitContainers", "array"]),
        ({"trainer": {"extraEnvFrom": [{"secretKeyRef": {"name": "a"}}]}}, ["/extraEnvFrom/0", "secretKeyRef"]),
        ({"api": {"extraEnvFrom": [{"secretRef": {}}]}}, ["/api/extraEnvFrom/0/secretRef", "name"]),
        (
            {"trainer": {"extraInitContainers": [{"name": "trainer", "image": "a"}]}},
            ["trainer has an extra container called trainer", "give it another name"],
        ),
        ({"networkPolicy": {"apiEgress": {"ports": []}}}, ["/networkPolicy/apiEgress", "array"]),
        ({"networkPolicy": {"trainerEgress": [{"from": []}]}}, ["/networkPolicy/trainerEgress/0", "from"]),
        ({"networkPolicy": {"ingressFrom": [{"matchLabels": {}}]}}, ["/networkPolicy/ingressFrom/0", "matchLabels"]),
        ({"training": {"reconcile": {"suspend": "yes"}}}, ["/training/reconcile/suspend", "boolean"]),
        ({"trainer": {"annotations": {"a": 1}}}, ["/trainer/annotations/a", "string"]),
        ({"enabled": "yes"}, ["/enabled", "boolean"]),
        (
            {"api": {"extraEnv": [{"name": "PLAYLIST_THREADS", "value": "9"}]}},
            ["api.extraEnv names PLAYLIST_THREADS", "remove it here"],
        ),
        (
            {"trainer": {"extraEnv": [{"name": "PLAYLIST_SEED", "value": "9"}]}},
            ["trainer.extraEnv names PLAYLIST_SEED", "remove it here"],
        ),
    ],
)
def test_a_mistake_is_refused_and_the_message_leads_to_it(render: Render, values: Object, said: list[str]) -> None:
    with pytest.raises(RenderError) as refused:
        render(values)

    for words in said:
        assert words in str(refused.value)


def test_every_mistake_is_named_at_once(render: Render) -> None:
    with pytest.raises(RenderError) as refused:
        render({"api": {"image": {"tag": "latest"}, "drainSeconds": 60}, "training": {"minSupport": 0}})

    assert str(refused.value).count("  - ") == 3


def test_fractions_given_by_set_are_taken(render: Render) -> None:
    """`--set` makes texts of numbers with a point."""
    objects = render(
        {
            "training": {"minSupport": "0.01", "minConfidence": "0.2"},
            "api": {"refreshIntervalSeconds": "0.5", "keepAliveSeconds": "75.5"},
            "monitoring": {
                "selector": 'job="songs"',
                "rules": {
                    "enabled": True,
                    "latencySeconds": "0.25",
                    "latencyObjective": "0.95",
                    "minRuleAnswers": "0.3",
                },
            },
        }
    )

    assert objects.one("ConfigMap")["data"]["PLAYLIST_MIN_SUPPORT"] == "0.01"


def test_settings_without_a_value_can_still_be_given(render: Render) -> None:
    job = render({"trainer": {"extraEnv": [{"name": "PLAYLIST_FORCE", "value": "true"}]}}).one("Job")

    environment = job["spec"]["template"]["spec"]["containers"][0]["env"]
    assert {"name": "PLAYLIST_FORCE", "value": "true"} in environment


def test_extra_objects_may_be_yaml_or_text_with_templates(render: Render) -> None:
    as_yaml = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "{{ .Release.Name }}-yaml", "labels": {}}}
    as_text = 'apiVersion: v1\nkind: Secret\nmetadata: {name: "{{ .Release.Name }}-text", labels: {}}\n'

    secrets = render({"extraObjects": [as_yaml, as_text]}).of("Secret")
    assert {secret["metadata"]["name"] for secret in secrets} == {"recommender-yaml", "recommender-text"}


def test_defaults_in_the_schema_are_allowed_by_it(schema: Object) -> None:
    for path in leaves(schema):
        node = node_at(path, schema)
        jsonschema.validate(node["default"], {**node, "definitions": schema["definitions"]})
