#!/bin/sh
# Whether requests should be sent there; no while a published model is not loaded yet.
set -eu
curl --silent --show-error --fail-with-body "${PLAYLIST_URL:-http://127.0.0.1:8080}/readyz"
