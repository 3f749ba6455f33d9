"""The product's answers beside those of other ways to answer, on the same requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.bench.answers import Answered, Learned, answered, asked, no_rules
from tests.bench.estimate import Estimate
from tests.bench.processes import say
from tests.bench.questions import Questions
from tests.bench.rivals import Incidence, recall, rivals

from playlist_trainer.evaluation.split import Split
from playlist_trainer.mining.damping import Damping
from playlist_trainer.settings import Settings

SEED_COUNTS = (1, 5, 20)
SEED_COUNT = 5
LAMBDAS = (100.0, 300.0, 1000.0)
PRODUCT, FIRST, POPULARITY, NEIGHBOURS = "rules, default settings", "the first version", "popularity", "item-kNN"
EASE = tuple(f"EASE^R, λ {regularization:g}" for regularization in LAMBDAS)
WAYS = (PRODUCT, *EASE, NEIGHBOURS, FIRST, POPULARITY)
# Pairs in .002 of the playlists, scored n(a, b) / (n(a) + 10), and none of a song's rules left out.
_FIRST_SETTINGS = Settings(min_support=0.002, rules_per_song=0, max_rules=0)
_FIRST_DAMPING = Damping(0.0, 0.0)


@dataclass(frozen=True)
class Comparison:
    """One data set.

    Attributes:
        asked: the data set.
        requests: with five songs, one number per split.
        dampings: what the product chose, one per split.
        answers: by way and number of songs asked with, one per split; coverage 0 of all that are no rules.
    """

    asked: Questions
    requests: list[int] = field(default_factory=list)
    dampings: list[Damping] = field(default_factory=list)
    answers: dict[tuple[str, int], list[Answered]] = field(default_factory=dict)

    def recall(self, way: str, seed_count: int = SEED_COUNT) -> Estimate:
        """Return recall@10."""
        return Estimate([one.recall for one in self.answers[way, seed_count]])

    def coverage(self, way: str, seed_count: int = SEED_COUNT) -> Estimate:
        """Return the share of requests that a rule answered."""
        return Estimate([one.coverage for one in self.answers[way, seed_count]])

    @property
    def best_ease(self) -> str:
        """The EASE^R with the best mean: its λ is chosen with hindsight, the product's exponents are not."""
        return max(EASE, key=lambda way: self.recall(way).mean)


def compared(asked_with: Questions, seeds: Sequence[int]) -> Comparison:
    """Answer the requests of each split in every way."""
    found = Comparison(asked_with)
    for seed in seeds:
        say(f"{asked_with.name}: split {seed}")
        parts = asked_with.parts(seed)
        found.requests.append(len(asked(parts, SEED_COUNT)))
        learned = Learned.of(parts, Settings(seed=seed))
        found.dampings.append(learned.damping)
        models = {
            PRODUCT: learned.rules,
            FIRST: Learned.of(parts, _FIRST_SETTINGS, _FIRST_DAMPING).rules,
            POPULARITY: no_rules(parts),
        }
        for way, rules in models.items():
            for seed_count in SEED_COUNTS:
                answer = answered(rules, asked(parts, seed_count), seed_count)
                found.answers.setdefault((way, seed_count), []).append(answer)
        for way, answer in _by_rivals(parts).items():
            found.answers.setdefault((way, SEED_COUNT), []).append(answer)
    # The table comes when all data sets are done, which takes a quarter of an hour.
    say(f"{asked_with.name}: {PRODUCT} {found.recall(PRODUCT)}, {found.best_ease} {found.recall(found.best_ease)}")
    return found


def _by_rivals(parts: Split) -> Mapping[str, Answered]:
    playlists, incidence = asked(parts, SEED_COUNT), Incidence.of(parts.training)
    seeds = [songs[:SEED_COUNT] for songs in playlists]
    return {
        one.name: Answered(recall(one, incidence, playlists, SEED_COUNT), 0.0)
        for one in rivals(incidence, seeds, LAMBDAS)
    }
