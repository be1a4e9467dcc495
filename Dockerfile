# The image of Treadle. As it is, it takes webhooks and answers them; with another command, such
# as `treadle work`, it is a worker. `make rehearse` carries out these steps without Docker: keep
# to the instructions that scripts/docker_rehearsal.py knows.

# Everything is installed here, and pip and its arguments stay here.
FROM python:3.11-slim AS build

ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

# --build-arg EXTRAS= leaves language models out; TREADLE_MODEL=extract and MODEL_URL then work.
ARG EXTRAS=models
# A further index for pip, which reads this variable by itself. Without one, torch is built for
# NVIDIA GPUs and brings some 2.2 GB of their packages; with that of PyTorch's builds for CPUs,
# which https://pytorch.org/get-started/locally/ names, it does without.
ARG PIP_EXTRA_INDEX_URL
# --build-arg DEVICE=cpu, or cuda: the build ends where torch turns out to be of the other kind.
ARG DEVICE

RUN python -m venv --without-pip /srv/treadle
WORKDIR /src
COPY requirements.lock ./
# In a layer of its own: a change of Treadle's code does not fetch torch again.
RUN [ -z "$EXTRAS" ] || pip --python /srv/treadle install -c requirements.lock torch
RUN [ -z "$DEVICE" ] || /srv/treadle/bin/python -c "import sys, torch; \
    sys.exit(('cuda' if torch.version.cuda else 'cpu') != '$DEVICE' and 'torch is not for $DEVICE')"
COPY pyproject.toml README.md LICENSE ./
COPY app ./app
COPY prompts ./prompts
RUN pip --python /srv/treadle install -c requirements.lock ".${EXTRAS:+[$EXTRAS]}"

FROM python:3.11-slim

ARG REVISION
LABEL org.opencontainers.image.title="Treadle" \
    org.opencontainers.image.description="A GitHub App that answers /ask and learns from votes and edits" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.revision="$REVISION"

ENV PATH=/srv/treadle/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/data \
    TREADLE_DATA_DIR=/data \
    TREADLE_HOST=0.0.0.0 \
    TREADLE_PORT=8080

COPY --from=build /srv/treadle /srv/treadle
# A number, so that it needs no entry in /etc/passwd and Kubernetes can see that it is not root.
# /data and /tmp are all that is written: the rest may be mounted read-only.
RUN mkdir -p /data && chown 10001:10001 /data
WORKDIR /data
USER 10001:10001
VOLUME /data
EXPOSE 8080

HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from os import environ; from urllib.request import urlopen; urlopen('http://127.0.0.1:' + environ['TREADLE_PORT'] + '/healthz', timeout=4)"]

STOPSIGNAL SIGTERM
CMD ["treadle", "serve", "--with-worker"]
