"""Alerts fire for the product's own faults, and end with them: a real Prometheus, two real APIs, a real trainer."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from tests.browser.servers import BIN, Server
from tests.browser.songs import many_songs
from tests.chart.rendering import Object
from tests.monitoring.dataset_server import DatasetServer
from tests.monitoring.prometheus import Prometheus, rules, scraping, tool

# How long a look at the dataset may be ago; longer than two tests of Prometheus that follow each other.
LOOK_AGE_S = 6
# Songs of which none is known, so that each is looked for among names that read alike: it takes more than 5 ms.
SLOW = {"songs": [f"Sung {number} Artisd" for number in range(300)], "explain": True}
# None is known here either; and a rule answers this one.
POPULAR, KNOWN = {"songs": ["Sung"]}, {"songs": ["Song 000000"]}


def hurried(spec: Object) -> Object:
    """Return rules that look at seconds where they would look at minutes or hours, and wait for LOOK_AGE_S alone."""
    text = re.sub(r"\[\d+[mhd]\]", "[4s]", json.dumps(spec).replace("[1h]", "[8s]"))
    found: Object = json.loads(text.replace('"for": "1m"', '"for": "0s"'))
    return found


@dataclass(frozen=True)
class Product:
    """Two APIs on one volume, and the Prometheus that watches them."""

    prometheus: Prometheus
    models: Path
    one: Server
    two: Server
    playlists: Path

    def train(self, *flags: str) -> None:
        """Learn from playlists of the test's own, whatever comes of it."""
        command = [BIN / "playlist-trainer", "train", "--model-dir", self.models, "--evaluation", "false", *flags]
        given = () if "--dataset" in flags else ("--dataset", str(self.playlists))
        subprocess.run([*command, *given], check=False, capture_output=True, timeout=120)

    @contextmanager
    def expect(self, *alerts: str) -> Iterator[None]:
        """See alerts fire within the block, and end after it."""
        wanted = set(alerts)
        self.prometheus.wait_until(lambda firing: not wanted & firing)
        yield
        self.prometheus.wait_until(lambda firing: not wanted & firing)

    def fires_while_asked(self, *alerts: str) -> None:
        """Ask one pod what it answers slowly and by no rule, over and over, until alerts fire."""

        def fires(firing: set[str]) -> bool:
            self.ask(SLOW, 8)
            self.ask(POPULAR, 32)
            return set(alerts) <= firing

        self.prometheus.wait_until(fires)

    def ask(self, question: object, times: int) -> None:
        """Ask one pod for recommendations."""
        with requests.Session() as session:
            for _ in range(times):
                assert session.post(f"{self.one.url}/api/recommend", json=question, timeout=10).ok

    def fires(self, *alerts: str) -> None:
        """Wait until alerts fire."""
        self.prometheus.wait_until(set(alerts).issubset)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product whose pods have no model yet; states need to last no time until their alert fires."""
    tool("prometheus")
    spec = hurried(rules(**{"for": "0s"}, lookAgeSeconds=LOOK_AGE_S, latencySeconds=0.005))
    folder = tmp_path_factory.mktemp("firing")
    playlists = many_songs(folder / "playlists.csv", 200)
    one, two = (Server(folder / "models") for _ in range(2))
    try:
        targets = [server.start().url.removeprefix("http://") for server in (one, two)]
        with scraping(folder, targets, spec) as prometheus:
            prometheus.wait_for("playlist_model_loaded")
            yield Product(prometheus, folder / "models", one, two, playlists)
    finally:
        one.stop()
        two.stop()


def test_pods_without_a_model_are_told_of_and_so_are_the_errors(product: Product) -> None:
    product.fires("PlaylistNoModel")

    def burns(firing: set[str]) -> bool:
        # Asked over and over: what a few answers did is out of sight seconds later.
        assert requests.post(f"{product.one.url}/api/recommend", json={"songs": []}, timeout=10).status_code == 503
        return "PlaylistErrorBudgetBurning" in firing

    product.prometheus.wait_until(burns)
    product.train()

    product.prometheus.wait_until(lambda firing: not {"PlaylistNoModel", "PlaylistErrorBudgetBurning"} & firing)


def test_model_that_can_not_be_loaded(product: Product) -> None:
    pointer = product.models / "current.json"
    content = pointer.read_bytes()

    with product.expect("PlaylistReloadFailing"):
        pointer.write_text("{")
        product.fires("PlaylistReloadFailing")
        pointer.write_bytes(content)


def test_store_that_can_not_be_read(product: Product) -> None:
    pointer = product.models / "current.json"
    content = pointer.read_bytes()

    with product.expect("PlaylistStoreAway"):
        pointer.unlink()
        pointer.mkdir()
        product.fires("PlaylistStoreAway")
        pointer.rmdir()
        pointer.write_bytes(content)


def test_training_that_failed(product: Product) -> None:
    with product.expect("PlaylistTrainingFailed"):
        product.train("--dataset", "/nowhere.csv")
        product.fires("PlaylistTrainingFailed")
        product.train()


def test_candidate_that_was_rejected(product: Product, tmp_path: Path) -> None:
    with product.expect("PlaylistCandidateRejected"):
        product.train("--dataset", str(many_songs(tmp_path / "few.csv", 20)))
        product.fires("PlaylistCandidateRejected")
        product.train()


def test_dataset_that_can_not_be_looked_at_and_a_trainer_that_is_silent(product: Product) -> None:
    with product.expect("PlaylistDatasetUnseen"), DatasetServer(product.playlists) as server:
        product.train("--dataset", server.url)
        with server.away():
            product.train("--dataset", server.url, "--dataset-retries", "0")
            # Nothing runs from here on.
            product.fires("PlaylistDatasetUnseen", "PlaylistTrainerSilent")
        product.train("--dataset", server.url)
        product.prometheus.wait_until(lambda firing: "PlaylistTrainerSilent" not in firing)


def test_answers_that_are_slow_and_those_that_no_rule_gives(product: Product) -> None:
    alerts = ("PlaylistFewRuleAnswers", "PlaylistLatencyBudgetBurning")
    with product.expect(*alerts):
        product.fires_while_asked(*alerts)
        # Both look at shares, so they need answers of the other kind to end, and not an end of all answers.
        product.ask(KNOWN, 200)


def test_volume_that_is_nearly_full(product: Product) -> None:
    small = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")
    mount = f"mount -t tmpfs -o size=4m tmpfs '{product.models}'"
    if not shutil.which("unshare") or subprocess.run([*small, mount], capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody make a volume of their own (unshare --user --mount)")

    with product.expect("PlaylistVolumeNearlyFull"):
        product.two.stop()
        product.two.start(*small, f'{mount} && exec "$0" "$@"')
        volume = Path(f"/proc/{product.two.process_id}/root{product.models}")
        (volume / "more").write_bytes(bytes(3_900_000))
        product.fires("PlaylistVolumeNearlyFull")
        (volume / "more").unlink()
    product.two.stop()
    product.two.start()


def test_pods_that_disagree(product: Product) -> None:
    with product.expect("PlaylistPodsDisagree"):
        product.two.stop()
        product.two.start(PLAYLIST_REFRESH_INTERVAL_SECONDS="3600")
        product.train("--min-confidence", "0.1")
        product.fires("PlaylistPodsDisagree")
        product.two.stop()
        product.two.start()


def test_pod_that_is_gone_and_all_that_are(product: Product) -> None:
    with product.expect("PlaylistAllTargetsGone", "PlaylistTargetGone"):
        product.two.stop()
        product.fires("PlaylistTargetGone")
        assert "PlaylistAllTargetsGone" not in product.prometheus.firing()
        product.one.stop()
        product.fires("PlaylistAllTargetsGone")
        product.one.start()
        product.two.start()
