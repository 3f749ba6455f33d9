"""What the bounds of pair rules, rules per song and support, gain and cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from tests.bench.answers import Learned, answered, asked
from tests.bench.estimate import Estimate
from tests.bench.processes import say
from tests.bench.questions import Questions

from playlist_model import Rules
from playlist_trainer.evaluation.split import Split
from playlist_trainer.mining.damping import Damping
from playlist_trainer.setting_types import AUTO
from playlist_trainer.settings import Settings

RULES_PER_SONG = (20, 50, 100, 200, 500, 1000)
MIN_SUPPORTS = (AUTO, 1.0, 2.0, 3.0, 5.0)
_SEED_COUNT = 5
_DEFAULT = Settings()


@dataclass(frozen=True)
class Tried:
    """One bound on one data set; lists of one number per split.

    Attributes:
        settings: with this bound, and otherwise the default ones.
        recalls: recall@10 with five songs asked with.
        coverages: share of the requests that a rule answered.
        rules: of the training part.
        megabytes: of these rules.
    """

    settings: Settings
    recalls: list[float] = field(default_factory=list)
    coverages: list[float] = field(default_factory=list)
    rules: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)

    @property
    def is_default(self) -> bool:
        """Whether nothing was changed."""
        return self.settings == _DEFAULT

    @property
    def recall(self) -> Estimate:
        """Over the splits."""
        return Estimate(self.recalls)


def tried_on(asked_with: Questions, seeds: Sequence[int]) -> Sequence[Tried]:
    """Try each bound with all other settings as they are by default."""
    settings = [replace(_DEFAULT, rules_per_song=number) for number in RULES_PER_SONG]
    settings += [replace(_DEFAULT, min_support=number) for number in MIN_SUPPORTS]
    found = {one: Tried(one) for one in [*settings, _DEFAULT]}
    for seed in seeds:
        say(f"{asked_with.name}: bounds of rules, split {seed}")
        for settings_tried, rules, parts in _learned(asked_with.parts(seed), list(found), seed):
            answer = answered(rules, asked(parts, _SEED_COUNT), _SEED_COUNT)
            one = found[settings_tried]
            one.recalls.append(answer.recall)
            one.coverages.append(answer.coverage)
            one.rules.append(len(rules))
            one.megabytes.append(_bytes(rules) / 1e6)
    return list(found.values())


def _learned(parts: Split, settings: Sequence[Settings], seed: int) -> Iterator[tuple[Settings, Rules, Split]]:
    """Yield the rules of one setting after another; the exponents are chosen once per support."""
    dampings: dict[float, Damping] = {}
    for one in settings:
        learned = Learned.of(parts, replace(one, seed=seed), dampings.get(one.min_support))
        dampings[one.min_support] = learned.damping  # the choice takes no notice of rules_per_song
        yield one, learned.rules, parts


def _bytes(rules: Rules) -> int:
    scores = 0 if rules.scores is None else rules.scores.nbytes
    return rules.consequents.nbytes + rules.support_counts.nbytes + scores
