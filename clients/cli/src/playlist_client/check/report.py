"""The results of a check: as a list, as JSON, as a document."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from playlist_client.answers import Answer
from playlist_client.check.checks import Result
from playlist_client.check.judging import Outcome
from playlist_client.output import Listing, clean

_MARKS = {Outcome.PASS: "✓", Outcome.WARN: "!", Outcome.FAIL: "✗"}


@dataclass(frozen=True)
class Report:
    """What was found out about a server.

    Attributes:
        endpoint: its whole address, without user and password.
        time: of the check, RFC 3339.
        answer: the last one that kept the contract; None without one.
        results: in the order of the checks.
    """

    endpoint: str
    time: str
    answer: Answer | None
    results: Sequence[Result]

    @property
    def has_passed(self) -> bool:
        """Whether no check failed."""
        return all(result.finding.outcome is not Outcome.FAIL for result in self.results)

    def verdict(self) -> str:
        """Return how it ended, in a line."""
        counts = Counter(result.finding.outcome for result in self.results)
        words = f"{counts[Outcome.PASS]} of {len(self.results)} checks passed"
        words += f", {counts[Outcome.WARN]} with a warning" if counts[Outcome.WARN] else ""
        return f"{'PASS' if self.has_passed else 'FAIL'}: {words}"

    def listing(self) -> Listing:
        """Return one row per check."""
        found = [(result, result.finding) for result in self.results]
        return Listing(
            ("outcome", "check", "found", "ms"),
            [(f.outcome.value, result.name, f.found, f"{result.seconds * 1000:.1f}") for result, f in found],
            [(_MARKS[f.outcome], result.name, f.found) for result, f in found],
            ("dim", "bold", ""),
        )

    def json(self) -> dict[str, object]:
        """Return everything, for scripts."""
        return {
            "endpoint": self.endpoint,
            "time": self.time,
            "passed": self.has_passed,
            "version": self.answer and self.answer.version,
            "model_date": self.answer and self.answer.model_date,
            "checks": [
                {
                    "check": result.name,
                    "outcome": result.finding.outcome.value,
                    "found": result.finding.found,
                    "ms": round(result.seconds * 1000, 1),
                    "request": result.request,
                }
                for result in self.results
            ],
        }

    def markdown(self) -> str:
        """Return a document that a person can hand on."""
        lines = [f"# Check of {_escaped(self.endpoint)}", "", f"**{self.verdict()}**, {self.time}.", ""]
        if self.answer:
            lines += [f"Version {_escaped(self.answer.version)}, model of {_escaped(self.answer.model_date)}.", ""]
        lines += ["| | check | found | ms |", "|---|---|---|---:|"]
        lines += [
            f"| {_MARKS[result.finding.outcome]} | {result.name} | {_escaped(result.finding.found)} "
            f"| {result.seconds * 1000:.1f} |"
            for result in self.results
        ]
        for result in self.results:
            if result.finding.outcome is not Outcome.PASS:
                word = "Failed" if result.finding.outcome is Outcome.FAIL else "Warning"
                lines += ["", f"## {word}: {result.name}", "", f"{_escaped(result.finding.found)}. To see it:"]
                lines += ["", "```sh", result.request, "```"]
        return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    """Return a text that a server may have said as one that Markdown shows as it is."""
    return "".join(f"\\{letter}" if letter in "\\|<>*_`[]" else letter for letter in clean(text))
