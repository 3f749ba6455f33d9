# Two images, `--target trainer` and `--target api`; ci/images builds both with whatever builder is there. A third one,
# `--target trainer-spark`, only if it is asked for: COMPONENTS=trainer-spark ci/images.
# A release names its base by digest: BASE_IMAGE=docker.io/library/python:3.11-slim@sha256:…
ARG BASE_IMAGE=docker.io/library/python:3.11-slim

# --- what installs: none of it reaches an image
FROM ${BASE_IMAGE} AS installer
WORKDIR /src
ENV PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore \
    UV_NO_CONFIG=1 UV_NO_CACHE=1 UV_PYTHON_DOWNLOADS=never VIRTUAL_ENV=/app
COPY ci/compile-packages /usr/local/bin/
COPY requirements/uv.txt requirements/
RUN ["python", "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", "requirements/uv.txt"]
RUN ["uv", "venv", "--quiet", "--python", "/usr/local/bin/python", "/app"]

# The requirements come before the code, so that a change of code alone downloads nothing.
FROM installer AS trainer-environment
COPY requirements/trainer.txt requirements/
RUN ["uv", "pip", "install", "--quiet", "--require-hashes", "--requirement", "requirements/trainer.txt"]
RUN ["compile-packages", "/app"]
COPY libs libs
COPY services/trainer services/trainer
# --no-deps, --no-sources: what a package needs comes from the hashed file, or its absence is noticed.
RUN ["uv", "pip", "install", "--quiet", "--no-deps", "--no-sources", "./libs/model", "./libs/runtime", "./services/trainer"]
RUN ["compile-packages", "/app", "playlist_*"]

FROM installer AS trainer-spark-environment
COPY requirements/spark.txt requirements/
RUN ["uv", "pip", "install", "--quiet", "--require-hashes", "--requirement", "requirements/spark.txt"]
# Under one path, whichever Python it is; without what only SQL's stores, Hive, machine learning and Spark Connect need.
RUN ln -s "$(dirname "$(/app/bin/python -c 'import pyspark; print(pyspark.__file__)')")" /app/spark && \
    cd /app/spark && rm -rf examples data jars/connect-repl && cd jars && \
    rm -f rocksdbjni-* breeze* spire* cats-kernel* algebra* spark-mllib* spark-graphx* spark-connect* spark-pipelines* \
        spark-hive* hive-* datanucleus-* derby* arpack* lapack* blas* JTransforms* jts-core* scala-compiler* jline* \
        netty-tcnative-*-osx-* netty-tcnative-*-windows-*
RUN ["compile-packages", "/app"]
COPY libs libs
COPY services/trainer services/trainer
RUN ["uv", "pip", "install", "--quiet", "--no-deps", "--no-sources", "./libs/model", "./libs/runtime", "./services/trainer"]
RUN ["compile-packages", "/app", "playlist_*"]

FROM installer AS api-environment
COPY requirements/api.txt requirements/
RUN ["uv", "pip", "install", "--quiet", "--require-hashes", "--requirement", "requirements/api.txt"]
RUN ["compile-packages", "/app"]
COPY libs libs
COPY services/api services/api
RUN ["uv", "pip", "install", "--quiet", "--no-deps", "--no-sources", "./libs/model", "./libs/runtime", "./services/api"]
RUN ["compile-packages", "/app", "playlist_*"]

# --- what runs
FROM ${BASE_IMAGE} AS runtime
# Owned by the user below, so that a fresh named volume (docker run -v models:/models) can be written.
RUN ["install", "--directory", "--owner=65532", "--group=65532", "/models"]
ENV PATH=/app/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    PLAYLIST_MODEL_DIR=/models PLAYLIST_LOG_FORMAT=json
WORKDIR /models
USER 65532:65532

FROM runtime AS trainer
COPY --from=trainer-environment /app /app
ENTRYPOINT ["playlist-trainer"]
CMD ["train"]
# Last, so that images that differ in their version alone share every layer.
ARG VERSION= SOURCE= REVISION= CREATED= BASE_IMAGE
# Does nothing, but older buildahs look at arguments only here when they look for a layer that they have: without it,
# they give the image of another version.
RUN ["true"]
ENV PLAYLIST_VERSION=${VERSION}
LABEL org.opencontainers.image.title="playlist-recommender-trainer" \
      org.opencontainers.image.description="Mines association rules from playlists and publishes them as a model." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.base.name="${BASE_IMAGE}"

# The trainer with Spark, for drivers and executors alike: Java, and a name for the user, without which Java has no home.
FROM runtime AS trainer-spark
ARG JRE=openjdk-17-jre-headless
USER root
# The manual's folder is not in a slim Debian, and Java's package fails without it.
RUN mkdir -p /usr/share/man/man1 && apt-get update -qq && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$JRE" >/dev/null && \
    rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* && \
    echo "playlist:x:65532:65532::/tmp:/bin/sh" >> /etc/passwd
USER 65532:65532
COPY --from=trainer-spark-environment /app /app
ENV SPARK_HOME=/app/spark HOME=/tmp
ENTRYPOINT ["playlist-trainer"]
CMD ["train"]
ARG VERSION= SOURCE= REVISION= CREATED= BASE_IMAGE
RUN ["true"]
ENV PLAYLIST_VERSION=${VERSION}
LABEL org.opencontainers.image.title="playlist-recommender-trainer-spark" \
      org.opencontainers.image.description="Mines association rules by Spark, where one machine can't hold the playlists." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.base.name="${BASE_IMAGE}"

FROM runtime AS api
COPY --from=api-environment /app /app
# Every address, IPv4 and IPv6: a container has to be reached from outside of it.
ENV PLAYLIST_HOST=::
ENTRYPOINT ["playlist-api"]
CMD ["serve"]
EXPOSE 8080
ARG VERSION= SOURCE= REVISION= CREATED= BASE_IMAGE
RUN ["true"]
ENV PLAYLIST_VERSION=${VERSION}
LABEL org.opencontainers.image.title="playlist-recommender-api" \
      org.opencontainers.image.description="Serves song recommendations from a published model." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.base.name="${BASE_IMAGE}"
