"""Rendering the chart, and finding one's way in what comes out.

values.yaml is for people to edit. So the chart is rendered with the defaults that its schema names: nothing that
somebody wrote into values.yaml turns a test red that is about something else.
"""

import atexit
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
# Another place for one test alone: the one that runs this suite on an edited copy.
CHART = Path(os.environ.get("CHART", ROOT / "charts/playlist-recommender"))
KUBERNETES = "1.34.0"
NO_HELM = "no Helm: put helm into PATH, or its path into HELM3 or HELM4"
Object = dict[str, Any]


def helms() -> dict[str, str]:
    """Return each Helm by a name for the test's id: HELM3 and HELM4 if they are set, else the one in PATH."""
    named = {name: os.environ.get(name.upper(), "") for name in ("helm3", "helm4")}
    found = {name: path for name, path in named.items() if path and shutil.which(path)}
    in_path = shutil.which("helm")
    return found or ({"helm": in_path} if in_path else {})


def default_values(schema: Object) -> Object:
    """Return the values that a schema names as defaults; those without one are a parent chart's."""
    return {
        key: default_values(node) if "properties" in node else node["default"]
        for key, node in schema["properties"].items()
        if "properties" in node or "default" in node
    }


SCHEMA: Object = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
DEFAULTS = default_values(SCHEMA)


@cache
def default_chart() -> Path:
    """Return a copy of the chart whose values.yaml holds the defaults; gone when the tests end."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder)
    copy = Path(folder, CHART.name)
    shutil.copytree(CHART, copy)
    (copy / "values.yaml").write_text(yaml.safe_dump(DEFAULTS, sort_keys=False), encoding="utf-8")
    return copy


class RenderError(Exception):
    """Helm refused the values; the text is what it said."""


@cache
def template(helm: str, values: str, chart: Path, release: str, extra: tuple[str, ...] = ()) -> str:
    """Return what `helm template` prints."""
    command = [helm, "template", release, str(chart), "--namespace", "songs", "--kube-version", KUBERNETES]
    done = subprocess.run(
        [*command, "--values", "-", *extra], input=values, capture_output=True, text=True, check=False, timeout=60
    )
    if done.returncode:
        raise RenderError(done.stderr)
    return done.stdout


class Objects(list[Object]):
    """What was rendered."""

    def of(self, kind: str, component: str = "") -> list[Object]:
        """Return the objects of a kind, and of a component if one is named."""
        label = "app.kubernetes.io/component"
        wanted = [found for found in self if found["kind"] == kind]
        return [found for found in wanted if not component or found["metadata"]["labels"].get(label) == component]

    def one(self, kind: str, component: str = "") -> Object:
        """Return the only object of a kind, and of a component if one is named."""
        (found,) = self.of(kind, component)
        return found

    def pods(self) -> Iterator[tuple[str, Object]]:
        """Yield each pod's and pod template's metadata and spec, with its owner's name."""
        for found in self:
            name = f"{found['kind']}/{found['metadata']['name']}"
            if found["kind"] == "Pod":
                yield name, found
            elif found["kind"] == "CronJob":
                yield name, found["spec"]["jobTemplate"]["spec"]["template"]
            elif "template" in found.get("spec", {}):
                yield name, found["spec"]["template"]

    def tracked(self) -> dict[tuple[str, str], Object]:
        """Return what Argo CD compares, by kind and name: everything but hooks."""
        return {
            (found["kind"], found["metadata"]["name"]): found
            for found in self
            if not set(found["metadata"].get("annotations", {})) & {"helm.sh/hook", "argocd.argoproj.io/hook"}
        }


Render = Callable[..., Objects]


def rendered(
    helm: str, values: Mapping[str, Any] | None = None, *, file: Path | None = None, release: str = "recommender"
) -> Objects:
    """Return the objects for some values, or for a file of them."""
    text = file.read_text(encoding="utf-8") if file else json.dumps(values or {})
    return Objects(yaml.load_all(template(helm, text, default_chart(), release), yaml.CSafeLoader))


def nested(path: str, value: object) -> Object:
    """Return {"a": {"b": value}} for "a.b"."""
    for key in reversed(path.split(".")):
        value = {key: value}
    assert isinstance(value, dict)
    return value


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> Object:
    """Return both, deeply; where they differ, `above`."""
    result = dict(below)
    for key, value in above.items():
        deeper = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = merged(result[key], value) if deeper else value
    return result
