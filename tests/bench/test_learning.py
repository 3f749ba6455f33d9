"""What the groups about training and searching conclude from figures, and what they do where history is missing."""

import pytest
from tests.bench.beside_first import FIRST, NOW, default_job_aims
from tests.bench.first_trainer import first_trainer
from tests.bench.jobs import Job, stage_rows
from tests.bench.million import Slices, growth_aim
from tests.bench.processes import MeasurementError, Run
from tests.bench.reading import Reading, against_first
from tests.bench.search import Searched, search_aims
from tests.bench.training import check_agreement


def run_of(seconds: float = 1.0, peak_mib: int = 100) -> Run:
    return Run(seconds, seconds, peak_mib * 2**20, "")


def job_of(peak_mib: int = 100, rule_count: int = 2) -> Job:
    return Job(run_of(peak_mib=peak_mib), {"mine": 0.25}, rule_count)


def test_commit_that_is_not_in_the_history_gives_no_first_version() -> None:
    with first_trainer("0" * 40) as first:
        assert first is None


def test_job_slower_than_the_first_versions_misses_that_aim_alone() -> None:
    jobs, idles = {NOW: [run_of(0.9)], FIRST: [run_of(0.8)]}, {NOW: [run_of(0.2)], FIRST: [run_of(0.3)]}

    assert [aim.is_met for aim in default_job_aims(jobs, idles)] == [True, True, False, True]


def test_without_a_first_version_nothing_is_said_of_it() -> None:
    found = default_job_aims({NOW: [run_of(1.1)]}, {NOW: [run_of(0.2)]})

    assert [aim.is_met for aim in found] == [False, True]
    assert not any("first version" in aim.wanted for aim in found)
    assert against_first("CSV", {NOW: [Reading({"read": 1.0}, 1.0, 0, {})]}) == []


def test_reading_is_compared_by_both_stages_together() -> None:
    now = Reading({"read": 1.0, "encode": 0.3}, 1.4, 0, {})
    first = Reading({"read": 0.2, "encode": 0.8}, 1.0, 0, {})

    assert [aim.is_met for aim in against_first("CSV", {NOW: [now], FIRST: [first]})] == [True, False]


@pytest.mark.parametrize(("peak_mib", "is_met"), [(1000, True), (1100, False)])
def test_slices_may_grow_as_their_rows_do_and_no_more(peak_mib: int, is_met: bool) -> None:
    half = Slices(100, by_slices=job_of(600), by_parquet=job_of(500))
    every = Slices(200, by_slices=job_of(peak_mib), by_parquet=job_of(900))

    assert growth_aim(half, every).is_met is is_met


def test_slowest_kind_of_search_decides() -> None:
    kinds = [
        {"kind": "match", "p99_ms": 50.0},
        {"kind": "search: beginning of a title", "p99_ms": 6.0},
        {"kind": "search: common words", "p99_ms": 1.0},
        {"kind": "close matches", "p99_ms": 19.0},
    ]

    found = search_aims(Searched({"songs": 10}, kinds))

    assert [aim.is_met for aim in found] == [False, True]
    assert found[0].found == "6.00 ms (search: beginning of a title)"


@pytest.mark.parametrize("counts", [(4, 6), (3, 3)])
def test_ways_that_differ_in_rules_or_have_no_two_per_pair_are_refused(counts: tuple[int, int]) -> None:
    jobs = {str(number): [job_of(rule_count=count)] for number, count in enumerate(counts)}

    with pytest.raises(MeasurementError, match="two per pair"):
        check_agreement(jobs)


def test_stages_stand_in_their_order_and_one_that_a_job_does_not_have_is_a_dash() -> None:
    jobs = {"a": [Job(run_of(1.0), {"mine": 0.25}, 2)], "b": [Job(run_of(1.0), {"choose": 0.5, "mine": 0.25}, 2)]}

    assert stage_rows(jobs) == (
        ["choose", "mine", "start, imports, publishing"],
        [("a", "–", "0.25", "0.75"), ("b", "0.50", "0.25", "0.25")],
    )
