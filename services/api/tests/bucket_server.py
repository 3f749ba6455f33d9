"""The stand-in for an S3 server that the tests of playlist-model bring: models are published to it here too."""

import importlib.util
import sys
from pathlib import Path

_PATH = Path(__file__).resolve().parents[3] / "libs/model/tests/s3_server.py"
_spec = importlib.util.spec_from_file_location("playlist_model_s3_server", _PATH)
assert _spec
assert _spec.loader
s3_server = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = s3_server
_spec.loader.exec_module(s3_server)
