"""The API's pods: no failed request while they come and go, and where they may run."""

import re
from typing import Any

import pytest
from tests.chart.rendering import ROOT, Object, Objects, Render, RenderError, merged

SEVERAL_NODES = {"persistence": {"accessMode": "ReadWriteMany"}}
ONE_NODE = {"persistence": {"accessMode": "ReadWriteOnce"}}


def _pod(objects: Objects) -> Any:
    return objects.one("Deployment")["spec"]["template"]["spec"]


def _container(objects: Objects) -> Any:
    (container,) = _pod(objects)["containers"]
    return container


@pytest.mark.parametrize("volume", [ONE_NODE, SEVERAL_NODES])
def test_no_pod_is_missing_during_a_rollout(render: Render, volume: Object) -> None:
    strategy = render(volume).one("Deployment")["spec"]["strategy"]

    assert strategy["type"] == "RollingUpdate"
    assert strategy["rollingUpdate"]["maxUnavailable"] == 0


def test_a_pod_that_ends_is_drained_by_exec(render: Render) -> None:
    """By URL, any stranger could take a pod out of service."""
    pre_stop = _container(render({"api": {"drainSeconds": 7}}))["lifecycle"]["preStop"]

    assert pre_stop == {"exec": {"command": ["playlist-api", "drain", "7"]}}


def test_grace_period_covers_the_drain_and_the_servers_own_end(render: Render, values: Object) -> None:
    source = (ROOT / "services/api/src/playlist_api/server/gunicorn_conf.py").read_text(encoding="utf-8")
    (server_s,) = re.findall(r"^graceful_timeout = (\d+)", source, re.MULTILINE)

    grace_s = _pod(render())["terminationGracePeriodSeconds"]
    assert grace_s > values["api"]["drainSeconds"] + int(server_s)


def test_a_grace_period_that_is_too_short_is_refused_with_the_least_that_would_do(render: Render) -> None:
    with pytest.raises(RenderError) as refused:
        render({"api": {"drainSeconds": 20, "terminationGracePeriodSeconds": 30}})

    least = int(re.findall(r"raise it to at least (\d+)", str(refused.value))[0])
    with pytest.raises(RenderError):
        render({"api": {"drainSeconds": 20, "terminationGracePeriodSeconds": least - 1}})
    render({"api": {"drainSeconds": 20, "terminationGracePeriodSeconds": least}})


def test_traces_need_an_endpoint_and_take_headers_from_a_secret(render: Render) -> None:
    with pytest.raises(RenderError, match=r"api\.tracing\.endpoint is empty"):
        render({"api": {"tracing": {"enabled": True}}})

    headers = {"existingSecret": "collector", "key": "otlp"}
    container = _pod(render({"api": {"tracing": {"headers": headers}}}))["containers"][0]
    (found,) = [entry for entry in container["env"] if entry["name"] == "PLAYLIST_TRACING_HEADERS"]
    assert found["valueFrom"] == {"secretKeyRef": {"name": "collector", "key": "otlp"}}


def test_liveness_never_looks_at_the_model_and_readiness_does(render: Render) -> None:
    container = _container(render())

    assert container["livenessProbe"]["httpGet"]["path"] == "/livez"
    assert container["startupProbe"]["httpGet"]["path"] == "/livez"
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"


def test_probes_and_metrics_are_out_of_reach_of_clients(render: Render) -> None:
    api = {
        "metricsPort": 9191,
        "serviceMonitor": {"enabled": True},
        "ingress": {"enabled": True, "hosts": ["songs.example"]},
        "httpRoute": {"enabled": True, "parentRefs": [{"name": "public"}]},
    }
    objects = render({"api": api})
    container = _container(objects)
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    public, inner = sorted(objects.of("Service"), key=lambda service: len(service["metadata"]["name"]))
    (endpoint,) = objects.one("ServiceMonitor")["spec"]["endpoints"]
    selected = objects.one("ServiceMonitor")["spec"]["selector"]["matchLabels"]

    assert ports == {"http": 8080, "metrics": 9191}
    assert {container[probe]["httpGet"]["port"] for probe in container if probe.endswith("Probe")} == {"metrics"}
    assert {"name": "PLAYLIST_METRICS_PORT", "value": "9191"} in container["env"]
    assert [port["targetPort"] for port in public["spec"]["ports"]] == ["http"]
    assert [port["targetPort"] for port in inner["spec"]["ports"]] == ["metrics"]
    assert inner["spec"]["clusterIP"] == "None"
    assert endpoint["port"] == inner["spec"]["ports"][0]["name"]
    assert selected.items() <= inner["metadata"]["labels"].items()
    assert not selected.items() <= public["metadata"]["labels"].items()
    for kind in ("Ingress", "HTTPRoute"):
        assert inner["metadata"]["name"] not in str(objects.one(kind)["spec"])


def test_without_a_monitor_no_service_leads_to_the_metrics(render: Render) -> None:
    (service,) = render().of("Service")

    assert [port["targetPort"] for port in service["spec"]["ports"]] == ["http"]


def test_base_path_is_the_prefix_of_ingress_and_route_unless_they_have_their_own(render: Render) -> None:
    def prefixes(**own: str) -> list[str]:
        api = {
            "basePath": "/music",
            "ingress": {"enabled": True, "hosts": ["songs.example"]} | own,
            "httpRoute": {"enabled": True, "parentRefs": [{"name": "public"}]} | own,
        }
        objects = render({"api": api})
        (rule,) = objects.one("Ingress")["spec"]["rules"]
        (route,) = objects.one("HTTPRoute")["spec"]["rules"]
        return [rule["http"]["paths"][0]["path"], route["matches"][0]["path"]["value"]]

    assert prefixes() == ["/music", "/music"]
    assert prefixes(path="/outside/music") == ["/outside/music"] * 2


def test_route_has_the_path_type_and_filters_that_are_asked_for(render: Render) -> None:
    filters = [{"type": "URLRewrite", "urlRewrite": {"path": {"type": "ReplaceFullPath", "replaceFullPath": "/"}}}]
    route = {"enabled": True, "parentRefs": [{"name": "public"}]}

    (plain,) = render({"api": {"httpRoute": route}}).one("HTTPRoute")["spec"]["rules"]
    own = route | {"path": "/v[12]", "pathType": "RegularExpression", "filters": filters}
    (changed,) = render({"api": {"httpRoute": own}}).one("HTTPRoute")["spec"]["rules"]

    assert plain["matches"] == [{"path": {"type": "PathPrefix", "value": "/"}}]
    assert "filters" not in plain
    assert changed["matches"] == [{"path": {"type": "RegularExpression", "value": "/v[12]"}}]
    assert changed["filters"] == filters
    assert changed["backendRefs"] == plain["backendRefs"]


def test_a_busy_pod_is_not_restarted(render: Render) -> None:
    """Under load an answer may take a while; readiness takes traffic away long before liveness kills."""
    container = _container(render())

    def patience_s(probe: str) -> int:
        return int(container[probe]["periodSeconds"] * container[probe]["failureThreshold"])

    assert patience_s("livenessProbe") >= 30
    assert patience_s("readinessProbe") < patience_s("livenessProbe")


def test_models_are_mounted_for_reading_alone(render: Render) -> None:
    (mount,) = [mount for mount in _container(render())["volumeMounts"] if mount["name"] == "models"]

    assert mount["readOnly"] is True


def _terms(pod: Object) -> list[Object]:
    affinity = pod["spec"].get("affinity", {}).get("podAffinity", {})
    terms: list[Object] = affinity.get("requiredDuringSchedulingIgnoredDuringExecution", [])
    return terms


def test_all_pods_with_a_read_write_once_volume_go_to_one_node(render: Render) -> None:
    objects = render(ONE_NODE)

    for name, pod in objects.pods():
        if name.startswith("Pod/"):
            continue
        (term,) = _terms(pod)
        labels = pod["metadata"]["labels"]
        assert term["topologyKey"] == "kubernetes.io/hostname"
        # A pod that its own term does not match could never be the first.
        assert term["labelSelector"]["matchLabels"].items() <= labels.items()
        (component,) = term["labelSelector"]["matchExpressions"]
        assert labels["app.kubernetes.io/component"] in component["values"]


def test_the_users_affinity_stays_beside_the_charts(render: Render) -> None:
    own = {"topologyKey": "zone", "labelSelector": {"matchLabels": {"app": "cache"}}}
    affinity = {
        "podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [own]},
        "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": []}},
    }
    pod = render(merged(ONE_NODE, {"api": {"affinity": affinity}})).one("Deployment")["spec"]["template"]

    assert [term["topologyKey"] for term in _terms(pod)] == ["zone", "kubernetes.io/hostname"]
    assert pod["spec"]["affinity"]["nodeAffinity"] == affinity["nodeAffinity"]


def test_pods_on_a_shared_volume_are_spread_over_nodes(render: Render) -> None:
    objects = render(SEVERAL_NODES)
    (spread,) = _pod(objects)["topologySpreadConstraints"]

    assert spread["topologyKey"] == "kubernetes.io/hostname"
    assert spread["labelSelector"]["matchLabels"] == objects.one("Deployment")["spec"]["selector"]["matchLabels"]
    assert "affinity" not in _pod(objects)


@pytest.mark.parametrize(
    ("api", "volume", "count"),
    [
        ({"replicas": 2}, SEVERAL_NODES, 1),
        ({"replicas": 1}, SEVERAL_NODES, 0),
        ({"replicas": 2, "podDisruptionBudget": {"enabled": False}}, SEVERAL_NODES, 0),
        ({"replicas": 1, "autoscaling": {"enabled": True, "minReplicas": 2}}, SEVERAL_NODES, 1),
        ({"replicas": 5, "autoscaling": {"enabled": True, "minReplicas": 1}}, SEVERAL_NODES, 0),
        # No pod could start on another node, so the budget would hang a drain for ever.
        ({"replicas": 2}, ONE_NODE, 0),
    ],
)
def test_there_is_a_disruption_budget_only_where_it_can_be_kept(
    render: Render, api: Object, volume: Object, count: int
) -> None:
    assert len(render(merged(volume, {"api": api})).of("PodDisruptionBudget")) == count


def test_an_existing_claim_is_used_and_none_is_made(render: Render) -> None:
    objects = render({"persistence": {"existingClaim": "shared"}})

    assert objects.of("PersistentVolumeClaim") == []
    assert {"name": "models", "persistentVolumeClaim": {"claimName": "shared"}} in _pod(objects)["volumes"]


def test_services_have_what_their_type_allows(render: Render) -> None:
    def service(**values: object) -> Object:
        spec: Object = render({"api": {"service": values}}).one("Service")["spec"]
        return spec

    assert "externalTrafficPolicy" not in service(type="ClusterIP")
    assert service(type="NodePort", nodePort=30080)["ports"][0]["nodePort"] == 30080
    balanced = service(type="LoadBalancer", loadBalancerClass="12", externalTrafficPolicy="Local")
    assert (balanced["loadBalancerClass"], balanced["externalTrafficPolicy"]) == ("12", "Local")


def test_a_digest_stands_beside_the_tag(render: Render) -> None:
    digest = "sha256:" + "a" * 64
    container = _container(render({"api": {"image": {"tag": "1.10", "digest": digest}}}))

    assert container["image"].endswith(f":1.10@{digest}")


@pytest.mark.parametrize(
    ("repository", "expected"),
    [
        ("localhost/playlist-recommender-api", "mirror.example:5000/playlist-recommender-api"),
        ("ghcr.example/team/api", "mirror.example:5000/team/api"),
        ("team/api", "mirror.example:5000/team/api"),
    ],
)
def test_one_registry_for_all_images_replaces_theirs(render: Render, repository: str, expected: str) -> None:
    values = {"imageRegistry": "mirror.example:5000", "api": {"image": {"repository": repository, "tag": "1"}}}

    assert _container(render(values))["image"] == f"{expected}:1"


def test_an_ingress_and_a_route_lead_to_the_service(render: Render) -> None:
    objects = render(
        {
            "api": {
                "ingress": {"enabled": True, "hosts": ["songs.example"]},
                "httpRoute": {"enabled": True, "parentRefs": [{"name": "public"}]},
                "service": {"port": 8081},
            }
        }
    )
    service = objects.one("Service")

    (rule,) = objects.one("Ingress")["spec"]["rules"]
    assert rule["http"]["paths"][0]["backend"]["service"] == {
        "name": service["metadata"]["name"],
        "port": {"name": service["spec"]["ports"][0]["name"]},
    }
    (rule,) = objects.one("HTTPRoute")["spec"]["rules"]
    assert rule["backendRefs"] == [{"name": service["metadata"]["name"], "port": 8081}]


def test_pod_monitor_leads_to_the_metrics_without_a_service(render: Render) -> None:
    objects = render({"api": {"podMonitor": {"enabled": True, "relabelings": [{"targetLabel": "team"}]}}})
    spec = objects.one("PodMonitor")["spec"]
    labels = objects.one("Deployment")["spec"]["template"]["metadata"]["labels"]

    assert spec["selector"]["matchLabels"].items() <= labels.items()
    assert spec["podMetricsEndpoints"] == [
        {"port": "metrics", "path": "/metrics", "interval": "30s", "relabelings": [{"targetLabel": "team"}]}
    ]
    assert len(objects.of("Service")) == 1


def test_scrape_annotations_stand_beside_the_users_own(render: Render) -> None:
    api = {"scrapeAnnotations": {"enabled": True}, "metricsPort": 9191, "podAnnotations": {"prometheus.io/path": "/x"}}
    annotations = render({"api": api}).one("Deployment")["spec"]["template"]["metadata"]["annotations"]

    assert annotations == {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": "9191",
        "prometheus.io/path": "/x",
    }
    assert "annotations" not in render().one("Deployment")["spec"]["template"]["metadata"]
