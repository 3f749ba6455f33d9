"""What `helm test` runs: asks the API for a song that it knows, then for what goes with it, and checks the answer.

Usage: python ask.py http://SERVICE SECONDS_TO_WAIT
"""

import json
import sys
import time
import urllib.request

KEYS = {"songs", "version", "model_date"}


def ask(url, body=None):
    """Return the JSON of an answer; POST if there is a body."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310 - http, by the chart
    with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310
        return json.load(response)


def known_song(base, patience_s):
    """Return the name of a song of the model, once there is a model."""
    deadline = time.monotonic() + patience_s
    while True:
        try:
            return ask(f"{base}/api/songs/random?n=1&seed=1")["songs"][0]["song"]
        except OSError as error:  # also what urllib raises for a status of 400 and above
            if time.monotonic() > deadline:
                sys.exit(f"FAILED: no model answers at {base} after {patience_s:g} s: {error}; see the training's log")
            time.sleep(1)


def main(base, patience_s):
    """Ask and check; the exit code says whether all is well."""
    song = known_song(base, float(patience_s))
    answer = ask(f"{base}/api/recommend", {"songs": [song]})
    if set(answer) != KEYS:
        sys.exit(f"FAILED: found the keys {sorted(answer)}, expected {sorted(KEYS)}")
    if not answer["songs"] or song in answer["songs"]:
        sys.exit(f"FAILED: for {song!r} found {answer['songs']}, expected other songs")
    print(f"ok: {song!r} goes with {answer['songs'][:3]}, version {answer['version']}, model of {answer['model_date']}")


if __name__ == "__main__":
    main(*sys.argv[1:])
