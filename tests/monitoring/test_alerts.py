"""Each alert fires for what it is about, after its time, and no longer than that; and each has a runbook."""

import json
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.monitoring.prometheus import JOB, NAMESPACE, alerts, rules, tool

RUNBOOKS = Path(__file__).resolve().parents[2] / "docs/operations.md"


def series(name: str, **labels: str) -> str:
    """Name a series of the release."""
    named = {"namespace": NAMESPACE, "job": JOB, "pod": "one", **labels}
    return name + "{" + ",".join(f'{label}="{value}"' for label, value in named.items()) + "}"


@dataclass(frozen=True)
class Case:
    """What a Prometheus sees, a value per step, and when an alert is to fire.

    Attributes:
        alert: its name.
        seen: by series, in promtool's notation: "0x15 1x15" is a quarter of an hour of 0, then of 1.
        firing: at these times it fires.
        quiet: at these it does not.
        labels: more of the alert's labels.
        step: between two values; days by the minute would take minutes.
    """

    alert: str
    seen: dict[str, str]
    firing: tuple[str, ...]
    quiet: tuple[str, ...]
    labels: dict[str, str] = field(default_factory=dict)
    step: str = "1m"

    @property
    def group(self) -> str:
        """The group of rules that the alert belongs to."""
        return "objectives" if self.alert.endswith("Burning") else "states"

    def test(self) -> object:
        """Return it as promtool's test."""
        matchers = {"alertname": self.alert, "alertstate": "firing", **self.labels}
        query = (
            "count by (namespace) (ALERTS{" + ",".join(f'{name}="{value}"' for name, value in matchers.items()) + "})"
        )
        # What is not there has no labels either.
        labels = "{}" if self.alert == "PlaylistAllTargetsGone" else f'{{namespace="{NAMESPACE}"}}'
        expected = [(time, [{"labels": labels, "value": 1}]) for time in self.firing]
        expected += [(time, []) for time in self.quiet]
        return {
            "interval": self.step,
            "input_series": [{"series": name, "values": values} for name, values in self.seen.items()],
            "promql_expr_test": [
                {"expr": query, "eval_time": time, "exp_samples": samples} for time, samples in expected
            ],
        }


def lasting(alert: str, name: str, bad: int, good: int, **labels: str) -> Case:
    """A state that is bad for 15 minutes, and then good."""
    return Case(alert, {series(name, **labels): f"{bad}x14 {good}x20"}, ("12m",), ("9m", "17m"))


def failing(share: float, steps: int) -> dict[str, str]:
    """A hundred requests a step, of which a share fails for some steps, and none from then on."""
    route = {"route": "/api/recommend", "method": "POST"}
    failed = int(100 * share)
    return {
        series("playlist_requests_total", status="200", **route): f"0+{100 - failed}x{steps} 0+100x{60}",
        series("playlist_requests_total", status="503", **route): f"0+{failed}x{steps}",
    }


def slow(share: float, steps: int) -> dict[str, str]:
    """A hundred recommendations a step, of which a share takes longer than 0.1 s."""
    name, route = "playlist_request_duration_seconds", {"route": "/api/recommend"}
    return {
        series(f"{name}_bucket", le="0.1", **route): f"0+{100 - int(100 * share)}x{steps}",
        series(f"{name}_count", **route): f"0+100x{steps}",
    }


POPULAR, RULE = (series("playlist_answers_total", source=source) for source in ("popular", "rule"))
FREE, SIZE = series("playlist_store_available_bytes"), series("playlist_store_size_bytes")
CASES = [
    lasting("PlaylistNoModel", "playlist_model_loaded", 0, 1),
    lasting("PlaylistReloadFailing", "playlist_model_fault", 1, 0),
    lasting("PlaylistStoreAway", "playlist_store_up", 0, 1),
    lasting("PlaylistTargetGone", "up", 0, 1),
    lasting("PlaylistAllTargetsGone", "up", 0, 1),
    lasting("PlaylistTrainingFailed", "playlist_last_training", 1, 0, outcome="failed"),
    Case("PlaylistAllTargetsGone", {series("other"): "1x30"}, ("12m",), ("9m",)),
    Case("PlaylistAllTargetsGone", {series("up"): "1x30", series("up", pod="two"): "0x30"}, (), ("9m", "20m")),
    Case(
        "PlaylistPodsDisagree",
        {
            series("playlist_model_info", model_id="a"): "1x40",
            series("playlist_model_info", pod="two", model_id="a"): "1x4 stale",
            series("playlist_model_info", pod="two", model_id="b"): "_x4 1x15 stale",
        },
        ("16m",),
        ("4m", "12m", "22m"),
    ),
    Case(
        "PlaylistDatasetUnseen",
        {series("playlist_last_training", outcome="unseen"): "1x40 stale"},
        ("31m",),
        ("29m", "42m"),
    ),
    Case(
        "PlaylistTrainerSilent",
        {series("playlist_last_look_timestamp_seconds"): "60x40 2460x10"},
        ("33m",),
        ("30m", "32m", "42m"),
    ),
    Case(
        "PlaylistCandidateRejected",
        {series("playlist_last_training", outcome="rejected"): "_x2 1x10 stale"},
        ("4m",),
        ("1m", "14m"),
    ),
    Case("PlaylistFewRuleAnswers", {POPULAR: "0+60x90", RULE: "0+40x90"}, ("80m",), ("5m",)),
    Case("PlaylistFewRuleAnswers", {POPULAR: "0+40x90", RULE: "0+60x90"}, (), ("80m",)),
    *(
        Case(alert, {series("playlist_last_training", outcome="published"): "1x40"}, (), ("40m",))
        for alert in ("PlaylistTrainingFailed", "PlaylistDatasetUnseen", "PlaylistCandidateRejected")
    ),
    # The newest look counts, whichever pod knows of it.
    Case(
        "PlaylistTrainerSilent",
        {
            series("playlist_last_look_timestamp_seconds"): "60x50",
            series("playlist_last_look_timestamp_seconds", pod="two"): "0+60x50",
        },
        (),
        ("40m",),
    ),
    # Too few answers to say anything, and just enough.
    Case("PlaylistFewRuleAnswers", {POPULAR: "0+1x90", RULE: "0+0x90"}, (), ("80m",)),
    Case("PlaylistFewRuleAnswers", {POPULAR: "0+2x90", RULE: "0+0x90"}, ("80m",), ()),
    Case("PlaylistVolumeNearlyFull", {FREE: "9x15 12x20", SIZE: "100x40"}, ("12m",), ("9m", "18m")),
    # Where pods have volumes of their own, one that is full is enough.
    Case(
        "PlaylistVolumeNearlyFull",
        {
            FREE: "9x30",
            SIZE: "100x30",
            series("playlist_store_available_bytes", pod="two"): "90x30",
            series("playlist_store_size_bytes", pod="two"): "100x30",
        },
        ("12m",),
        (),
    ),
    # The budget is a thousandth: if a hundredth fails, it burns ten times as fast as it may.
    Case("PlaylistErrorBudgetBurning", failing(0.02, 70), ("60m",), ("77m",), {"window": "1h"}),
    Case("PlaylistErrorBudgetBurning", failing(0.01, 45), ("6h",), (), {"window": "6h"}, "10m"),
    Case("PlaylistErrorBudgetBurning", failing(0.01, 70), (), ("60m",), {"window": "1h"}),
    Case("PlaylistErrorBudgetBurning", failing(0.01, 50), ("1d",), (), {"window": "1d"}, "30m"),
    Case("PlaylistErrorBudgetBurning", failing(0.01, 80), ("3d",), (), {"window": "3d"}, "1h"),
    Case("PlaylistErrorBudgetBurning", failing(0.0, 70), (), ("60m",)),
    # Here it is a hundredth.
    Case("PlaylistLatencyBudgetBurning", slow(0.2, 70), ("60m",), (), {"window": "1h"}),
    Case("PlaylistLatencyBudgetBurning", slow(0.1, 45), ("6h",), (), {"window": "6h"}, "10m"),
    Case("PlaylistLatencyBudgetBurning", slow(0.1, 70), (), ("60m",), {"window": "1h"}),
    Case("PlaylistLatencyBudgetBurning", slow(0.04, 50), ("1d",), (), {"window": "1d"}, "30m"),
    Case("PlaylistLatencyBudgetBurning", slow(0.02, 80), ("3d",), (), {"window": "3d"}, "1h"),
]


def promtool(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([tool("promtool"), *arguments], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the chart's rules."""
    folder = tmp_path_factory.mktemp("rules")
    spec = rules()
    (folder / "rules.yaml").write_text(json.dumps(spec))
    for group in spec["groups"]:
        (folder / f"{group['name']}.yaml").write_text(json.dumps({"groups": [group]}))
    return folder


def test_rules_are_what_prometheus_takes(folder: Path) -> None:
    checked = promtool(folder, "check", "rules", "--lint-fatal", "rules.yaml")

    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(("group", "step"), sorted({(case.group, case.step) for case in CASES}))
def test_alerts_fire_and_end_as_they_should(folder: Path, group: str, step: str) -> None:
    """Each group by itself: what it would cost to evaluate all rules for each case is most of a minute."""
    tests = [case.test() for case in CASES if (case.group, case.step) == (group, step)]
    file = {"rule_files": [f"playlist-recommender.{group}.yaml"], "evaluation_interval": step, "tests": tests}
    (folder / "cases.yaml").write_text(json.dumps(file))

    done = promtool(folder, "test", "rules", "cases.yaml")

    assert done.returncode == 0, done.stdout + done.stderr


WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
# Per minute: five of a hundred requests fail, and two of ten recommendations are slow. The rest must not count.
RECORDED = {
    "playlist:requests_failed:ratio_rate": (
        0.05,
        {
            series("playlist_requests_total", route="/api/recommend", status="200"): "0+80x30",
            series("playlist_requests_total", route="/api/songs", status="422"): "0+15x30",
            series("playlist_requests_total", route="/api/songs", status="500"): "0+2x30",
            series("playlist_requests_total", route="/api/recommend", status="503"): "0+3x30",
            series("playlist_requests_total", route="/livez", status="200"): "0+600x30",
            series("playlist_requests_total", route="/readyz", status="503"): "0+600x30",
            series("playlist_requests_total", route="/metrics", status="200"): "0+60x30",
        },
    ),
    "playlist:recommendations_slow:ratio_rate": (
        0.2,
        {
            series("playlist_request_duration_seconds_bucket", route="/api/recommend", le="0.05"): "0+1x30",
            series("playlist_request_duration_seconds_bucket", route="/api/recommend", le="0.1"): "0+6x30",
            series("playlist_request_duration_seconds_count", route="/api/recommend"): "0+8x30",
            series("playlist_request_duration_seconds_bucket", route="/api/recommender", le="0.1"): "0+2x30",
            series("playlist_request_duration_seconds_count", route="/api/recommender"): "0+2x30",
            series("playlist_request_duration_seconds_bucket", route="/api/songs", le="0.1"): "0+0x30",
            series("playlist_request_duration_seconds_count", route="/api/songs"): "0+9x30",
        },
    ),
}
# By alert: the share that the objective allows, and what records the share that was. By window: its short one, and how
# many times as fast as it may the budget burns.
BURNING = {
    "PlaylistErrorBudgetBurning": (0.001, "playlist:requests_failed:ratio_rate"),
    "PlaylistLatencyBudgetBurning": (0.01, "playlist:recommendations_slow:ratio_rate"),
}
BURN_RATES = {"1h": ("5m", 14.4), "6h": ("30m", 6), "1d": ("2h", 3), "3d": ("6h", 1)}
NOTHING_FAILS = {series("playlist_requests_total", route="/api/recommend", status="200"): "0+80x30"}


def test_shares_that_burn_rates_look_at_are_those_of_answers_to_clients(folder: Path) -> None:
    wanted = [(f"{name}{window}", *found) for name, found in RECORDED.items() for window in WINDOWS]
    wanted.append(("playlist:requests_failed:ratio_rate1h", 0.0, NOTHING_FAILS))
    tests = [
        {
            "interval": "1m",
            "input_series": [{"series": each, "values": values} for each, values in seen.items()],
            "promql_expr_test": [
                {
                    "expr": f"count(abs({name} - {share}) < 0.000001)",
                    "eval_time": "20m",
                    "exp_samples": [{"labels": "{}", "value": 1}],
                }
            ],
        }
        for name, share, seen in wanted
    ]
    file = {"rule_files": ["playlist-recommender.objectives.yaml"], "evaluation_interval": "5m", "tests": tests}
    (folder / "shares.yaml").write_text(json.dumps(file))

    done = promtool(folder, "test", "rules", "shares.yaml")

    assert done.returncode == 0, done.stdout + done.stderr


def test_burn_rates_need_both_windows_above_the_objective_s_multiple(folder: Path) -> None:
    tests = []
    for alert, (allowed, name) in BURNING.items():
        for window, (short, rate) in BURN_RATES.items():
            for long_share, short_share, fires in ((1.02, 1.02, True), (0.98, 1.02, False), (1.02, 0.98, False)):
                recorded = {window: long_share, short: short_share}
                shares = {
                    f'{name}{each}{{release="{NAMESPACE}/recommender",namespace="{NAMESPACE}"}}': times * rate * allowed
                    for each, times in recorded.items()
                }
                samples = [{"labels": "{}", "value": 1}] if fires else []
                query = f'count(ALERTS{{alertname="{alert}",window="{window}",alertstate="firing"}})'
                tests.append(
                    {
                        "interval": "1m",
                        "input_series": [
                            {"series": each, "values": f"{share:.6f}x3"} for each, share in shares.items()
                        ],
                        "promql_expr_test": [{"expr": query, "eval_time": "2m", "exp_samples": samples}],
                    }
                )
    file = {"rule_files": ["playlist-recommender.objectives.yaml"], "evaluation_interval": "1m", "tests": tests}
    (folder / "burning.yaml").write_text(json.dumps(file))

    done = promtool(folder, "test", "rules", "burning.yaml")

    assert done.returncode == 0, done.stdout + done.stderr


def test_each_share_looks_at_the_window_that_its_name_says() -> None:
    recorded = {
        rule["record"]: rule["expr"] for group in rules()["groups"] for rule in group["rules"] if "record" in rule
    }

    assert set(recorded) == {f"{name}{window}" for name in RECORDED for window in WINDOWS}
    for name, expression in recorded.items():
        assert set(re.findall(r"\[(\w+)\]", expression)) == {name.rpartition("ratio_rate")[2]}


def test_each_alert_has_a_case_in_which_it_fires() -> None:
    windows = {(case.alert, case.labels.get("window")) for case in CASES if case.firing}

    assert {(alert["alert"], alert["labels"].get("window")) for alert in alerts(rules())} == windows


def test_each_alert_has_a_sentence_for_people_and_a_runbook_that_is_there() -> None:
    headings = re.findall(r"^#+ (.+)$", RUNBOOKS.read_text(encoding="utf-8"), re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}

    for alert in alerts(rules()):
        annotations = alert["annotations"]
        assert annotations["summary"]
        assert annotations["description"].endswith(".")
        path, _, anchor = annotations["runbook_url"].partition("#")
        assert path == "docs/operations.md"
        assert anchor in anchors, f"{alert['alert']} has no runbook"
        assert alert["labels"]["severity"] in {"critical", "warning"}


def test_each_runbook_says_four_things_and_belongs_to_an_alert() -> None:
    text = RUNBOOKS.read_text(encoding="utf-8")
    runbooks = dict(re.findall(r"^#### (Playlist\w+)\n\n(.+?)(?=\n#|\Z)", text, re.MULTILINE | re.DOTALL))

    assert set(runbooks) == {alert["alert"] for alert in alerts(rules())}
    for name, runbook in runbooks.items():
        for part in ("It means", "Users see", "Look at", "Do"):
            assert f"**{part}**" in runbook, f"{name} does not say: {part}"


def test_thresholds_labels_and_runbooks_are_values() -> None:
    spec = rules(
        **{"for": "7m"},
        lookAgeSeconds=77,
        minRuleAnswers=0.7,
        minVolumeFree=0.07,
        availabilityObjective=0.99,
        latencyObjective=0.9,
        latencySeconds=0.25,
        alertLabels={"team": "music", "severity": "page"},
        runbookUrl="https://example.org/runbooks",
    )

    text = json.dumps(spec)
    found = alerts(spec)
    assert {alert["labels"]["team"] + alert["labels"]["severity"] for alert in found} == {"musicpage"}
    assert all(alert["annotations"]["runbook_url"].startswith("https://example.org/runbooks#") for alert in found)
    assert 'le=\\"0.25\\"' in text
    for piece in ("> 77", "< 0.7 ", "< 0.07", "> 0.144 and", "> 1.44 and"):
        assert piece in text, piece
    assert next(alert for alert in found if alert["alert"] == "PlaylistNoModel")["for"] == "7m"
