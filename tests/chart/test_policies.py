"""Who may talk to whom with networkPolicy.enabled, as rendered; what a network makes of it is shown by tests/e2e."""

from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from tests.chart.rendering import Object, Render, merged, nested

POLICY = nested("networkPolicy.enabled", True)
STORE: Object = {"modelStore": {"url": "s3://models/recommender"}}
# Of AWS, Google and most others, of Alibaba Cloud, of Azure's WireServer.
METADATA = ["169.254.169.254", "169.254.170.23", "fd00:ec2::254", "100.100.100.200", "168.63.129.16"]


def _egress(render: Render, component: str, *values: Object) -> Any:
    given = POLICY
    for each in values:
        given = merged(given, each)
    return render(given).one("NetworkPolicy", component)["spec"]["egress"]


def _allows(egress: list[Object], address: str, port: int, protocol: str = "TCP") -> bool:
    """Tell whether rules let an address outside the cluster be reached; selectors of pods don't count."""
    for rule in egress:
        ports = [(each["port"], each.get("protocol", "TCP")) for each in rule.get("ports", [])]
        if ports and (port, protocol) not in ports:
            continue
        if "to" not in rule or any(_holds(peer["ipBlock"], address) for peer in rule["to"] if "ipBlock" in peer):
            return True
    return False


def _holds(block: Object, address: str) -> bool:
    found = ip_address(address)
    return found in ip_network(block["cidr"]) and not any(found in ip_network(each) for each in block.get("except", []))


@pytest.mark.parametrize("component", ["api", "training"])
def test_names_are_resolved_wherever_that_is_done(render: Render, component: str) -> None:
    egress = _egress(render, component, STORE)

    for address in ("10.96.0.10", "169.254.20.10", "fd00::10"):
        for port in (53, 5353):  # 5353: OpenShift's, behind its Service
            assert _allows(egress, address, port, "UDP")
            assert _allows(egress, address, port)


@pytest.mark.parametrize("address", METADATA)
def test_metadata_addresses_are_out_of_reach_unless_asked_for(render: Render, address: str) -> None:
    asked = nested("networkPolicy.allowMetadata", True)

    for component in ("api", "training"):
        assert not _allows(_egress(render, component, STORE), address, 80)
        assert not _allows(_egress(render, component, STORE), address, 443)
        assert _allows(_egress(render, component, STORE, asked), address, 80)
        assert _allows(_egress(render, component, STORE, asked), address, 443)


@pytest.mark.parametrize("address", ["203.0.113.9", "10.0.0.9", "2001:db8::9"])
def test_trainer_reaches_datasets_anywhere_pods_included(render: Render, address: str) -> None:
    egress = _egress(render, "training")

    assert _allows(egress, address, 443)
    assert _allows(egress, address, 8080)
    # Some networks count no pod among the addresses.
    assert any({"namespaceSelector": {}} in rule.get("to", []) for rule in egress)


def test_api_without_a_store_asks_nobody_even_where_metadata_are_allowed(render: Render) -> None:
    assert _egress(render, "api", nested("networkPolicy.allowMetadata", True)) == []


@pytest.mark.parametrize(
    ("endpoint", "port"),
    [
        ("", 443),
        ("https://minio.example", 443),
        ("https://minio.example/", 443),
        ("http://minio.store.svc", 80),
        ("http://minio.store.svc:9000", 9000),
        ("https://minio.example:9443/", 9443),
        ("https://[fd00::9]:9443", 9443),
        ("http://10.1.2.3.nip.example:9000", 9000),
    ],
)
def test_api_reaches_the_stores_port_alone(render: Render, endpoint: str, port: int) -> None:
    egress = _egress(render, "api", STORE, {"modelStore": {"endpoint": endpoint, "allowHttp": True}})

    assert [_allows(egress, "203.0.113.9", each) for each in (port, port + 1)] == [True, False]
    assert any({"namespaceSelector": {}} in rule.get("to", []) for rule in egress)


def test_api_reaches_a_store_at_an_address_and_no_other(render: Render) -> None:
    endpoint = {"endpoint": "http://10.1.2.3:9000", "allowHttp": True}
    egress = _egress(render, "api", STORE, {"modelStore": endpoint})

    assert _allows(egress, "10.1.2.3", 9000)
    assert not _allows(egress, "10.1.2.4", 9000)
    assert not any("namespaceSelector" in peer for rule in egress for peer in rule.get("to", []))


def _tracing(endpoint: str) -> Object:
    return {"api": {"tracing": {"enabled": True, "endpoint": endpoint}}}


@pytest.mark.parametrize(
    ("endpoint", "port"),
    [
        ("http://collector.monitoring:4318", 4318),
        ("https://otlp.example/otlp", 443),
        ("https://otlp.example:8443/otlp", 8443),
        ("http://[fd00::9]:4318/", 4318),
    ],
)
def test_api_reaches_the_collector_of_traces_and_names(render: Render, endpoint: str, port: int) -> None:
    egress = _egress(render, "api", _tracing(endpoint))

    assert [_allows(egress, "203.0.113.9", each) for each in (port, port + 1)] == [True, False]
    assert _allows(egress, "10.96.0.10", 53, "UDP")
    assert any({"namespaceSelector": {}} in rule.get("to", []) for rule in egress)


def test_api_reaches_store_and_collector_side_by_side(render: Render) -> None:
    egress = _egress(render, "api", STORE, _tracing("http://10.1.2.3:4318"))

    assert [_allows(egress, address, 4318) for address in ("10.1.2.3", "10.1.2.4")] == [True, False]
    assert _allows(egress, "203.0.113.9", 443)


def test_endpoint_of_traces_that_are_off_opens_nothing(render: Render) -> None:
    off = {"api": {"tracing": {"endpoint": "http://collector:4318"}}}

    assert _egress(render, "api", off) == []


@pytest.mark.parametrize(("component", "value"), [("api", "apiEgress"), ("training", "trainerEgress")])
def test_rules_of_ones_own_are_the_only_ones(render: Render, component: str, value: str) -> None:
    rules = [{"to": [{"podSelector": {"matchLabels": {"app": "minio"}}}], "ports": [{"port": 9000}]}]

    for base in ({}, STORE):
        assert _egress(render, component, base, {"networkPolicy": {value: rules}}) == rules
