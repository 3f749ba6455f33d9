"""The usual way: a list of rules from a pickle, all of it gone through for each request."""

import os
import pickle
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request

from playlist_model import FolderStore

Rule = tuple[frozenset[str], str, float]  # antecedent, consequent, confidence

_LIMIT = 10


def write_rules(model_dir: Path, file: Path) -> None:
    """Write the rules of the current model as a pickle: one of our own making, read back by nobody else."""
    model = FolderStore(model_dir).load_current()
    names, rules = list(model.songs.names), model.rules
    found: list[Rule] = []
    for antecedent, count in enumerate(rules.antecedent_support_counts.tolist()):
        songs = frozenset(names[song] for song in rules.songs_of(antecedent).tolist())
        begin, end = rules.rule_offsets[antecedent : antecedent + 2]
        for song, together in zip(
            rules.consequents[begin:end].tolist(), rules.support_counts[begin:end].tolist(), strict=True
        ):
            found.append((songs, names[song], together / count))
    file.write_bytes(pickle.dumps({"rules": found, "model_date": model.manifest.model_date}))


def make_app() -> Flask:
    """Make the app, with the rules of the pickle that the environment names."""
    app = Flask(__name__)
    model: dict[str, Any] = pickle.loads(Path(os.environ["BENCH_RULES"]).read_bytes())

    @app.post("/api/recommend")
    def recommend() -> Response:
        asked = set(request.get_json(force=True)["songs"])
        values: dict[str, float] = {}
        for antecedent, consequent, confidence in model["rules"]:
            if antecedent <= asked and consequent not in asked:
                values[consequent] = max(confidence, values.get(consequent, 0.0))
        best = sorted(values, key=lambda song: -values[song])[:_LIMIT]
        return jsonify(songs=best, version="0", model_date=model["model_date"])

    return app
