#!/bin/sh
# Songs drawn by chance, the same ones for the same seed: random.wget.sh [SEED]
set -eu
wget --quiet --output-document=- --content-on-error \
    "${PLAYLIST_URL:-http://127.0.0.1:8080}/api/songs/random?n=5&seed=${1:-7}"
