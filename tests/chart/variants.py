"""Another allowed value for each value of the chart, from its schema."""

from collections.abc import Iterator
from typing import Any

from tests.chart.rendering import Object

_BY_DEFINITION: dict[str, Any] = {
    "size": "3Gi",
    "texts": {"example.org/other": "yes"},
    "env": [{"name": "OTHER", "value": "yes"}],
    "envFrom": [{"secretRef": {"name": "other"}}],
    "containers": [{"name": "other", "image": "other"}],
    "resources": {"limits": {"memory": "777Mi"}},
}
# For what is a text, a list or a map of a form of its own.
_BY_NAME: dict[str, Any] = {
    "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": []}}},
    "apiEgress": [{"ports": [{"port": 9000}]}],
    "digest": "sha256:" + "0" * 64,
    "endpoint": "https://other.example",
    "for": "7m",
    "relabelings": [{"targetLabel": "other", "replacement": "yes"}],
    "metricRelabelings": [{"action": "labeldrop", "regex": "fingerprint"}],
    "extraVolumeMounts": [{"name": "other", "mountPath": "/other"}],
    "corsOrigins": ["https://music.example"],
    "extraEnv": [{"name": "OTHER", "value": "yes"}],
    "extraObjects": [{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "other"}}],
    "extraVolumes": [{"name": "other", "emptyDir": {}}],
    "filters": [{"type": "RequestHeaderModifier", "requestHeaderModifier": {"remove": ["other"]}}],
    "hostnames": ["other.example"],
    "hosts": ["other.example"],
    "imagePullSecrets": [{"name": "other"}],
    "ingressFrom": [{"namespaceSelector": {}}],
    "interval": "77s",
    "metricsFrom": [{"namespaceSelector": {}}],
    "minRuleAnswers": 0.7,
    "minSupport": 7,
    "sha256": "0" * 64,
    "conf": {"spark.driver.memory": "777m"},
    "executorCpu": "777m",
    "executorMemory": "7Gi",
    "master": "spark://other:7077",
    "nodePort": 30777,
    "parentRefs": [{"name": "other"}],
    "basePath": "/other",
    "path": "/other",
    "schedule": "7 * * * *",
    "separator": "tab",
    "tls": [{"hosts": ["other.example"], "secretName": "other"}],
    "topologySpreadConstraints": [{"topologyKey": "other", "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"}],
    "trainerEgress": [{"ports": [{"port": 443}]}],
    "url": "s3://other/other",
    "tolerations": [{"key": "other", "operator": "Exists"}],
}


def _resolved(node: Object, schema: Object) -> Object:
    name = node.get("$ref", "").rpartition("/")[2]
    return schema["definitions"][name] if name else node


def leaves(schema: Object, node: Object | None = None, path: str = "") -> Iterator[str]:
    """Yield the path of every value that the schema names, without those that are a parent chart's."""
    properties = _resolved(node or schema, schema).get("properties")
    if properties is None or (path and path.endswith("resources")):
        yield path
        return
    for key, below in properties.items():
        if path or key not in {"global", "enabled"}:
            yield from leaves(schema, below, f"{path}.{key}" if path else key)


def node_at(path: str, schema: Object) -> Object:
    """Return the schema of one value, as it stands there."""
    node = schema
    for key in path.split("."):
        node = _resolved(node, schema)["properties"][key]
    return node


def value_at(path: str, values: Object) -> Any:
    """Return one value."""
    found: Any = values
    for key in path.split("."):
        found = found[key]
    return found


def other_value(path: str, schema: Object, values: Object) -> Any:
    """Return a value that is allowed, and not the one that is there."""
    node, now, name = node_at(path, schema), value_at(path, values), path.rpartition(".")[2]
    definition = node.get("$ref", "").rpartition("/")[2]
    if definition in _BY_DEFINITION or name in _BY_NAME:
        return _BY_DEFINITION.get(definition, _BY_NAME.get(name))
    node = _resolved(node, schema)
    if "enum" in node:
        return next(value for value in node["enum"] if value != now)
    if isinstance(now, bool):
        return not now
    if isinstance(now, int | float):
        return now + 1 if now + 1 <= node.get("maximum", now + 1) and now + 1 >= 1 and float(now).is_integer() else 0.5
    if isinstance(now, dict):
        return {"other": "yes"}
    return "7%" if str(now).endswith("%") else "7Gi" if str(now).endswith("Gi") else "other"
