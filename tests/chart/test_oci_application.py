"""The Application that installs a release from a registry."""

import yaml
from tests.chart.test_argocd import APPLICATION, ARGOCD, PROJECT

OCI = yaml.safe_load((ARGOCD / "application-oci.yaml").read_text(encoding="utf-8"))


def test_is_the_application_but_for_where_the_chart_comes_from() -> None:
    assert OCI["metadata"] == APPLICATION["metadata"]
    for key in ("project", "destination", "syncPolicy"):
        assert OCI["spec"][key] == APPLICATION["spec"][key]
    chart, values = OCI["spec"]["sources"]
    assert chart["helm"]["releaseName"] == APPLICATION["spec"]["source"]["helm"]["releaseName"]
    (edited,) = APPLICATION["spec"]["source"]["helm"]["valueFiles"]
    assert chart["helm"]["valueFiles"] == [f"${values['ref']}{edited}"]


def test_project_allows_both_sources() -> None:
    assert [source["repoURL"] for source in OCI["spec"]["sources"]] == PROJECT["sourceRepos"][::-1]
