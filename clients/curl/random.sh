#!/bin/sh
# Songs drawn by chance, the same ones for the same seed: random.sh [SEED]
set -eu
curl --silent --show-error --fail-with-body \
    "${PLAYLIST_URL:-http://127.0.0.1:8080}/api/songs/random?n=5&seed=${1:-7}"
