#!/bin/sh
# Whether requests should be sent there; no while a published model is not loaded yet.
set -eu
wget --quiet --output-document=- --content-on-error "${PLAYLIST_URL:-http://127.0.0.1:8080}/readyz"
