# One process that takes webhooks and answers them. `make rehearse` carries out these steps
# without Docker: keep to the instructions that scripts/docker_rehearsal.py knows.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    HOME=/data \
    TREADLE_DATA_DIR=/data \
    TREADLE_HOST=0.0.0.0 \
    TREADLE_PORT=8080

# --build-arg EXTRAS= leaves language models out; TREADLE_MODEL=extract and MODEL_URL then work.
ARG EXTRAS=models
# A further index for pip, which reads this variable by itself: with that of PyTorch's builds for
# CPUs, which https://pytorch.org/get-started/locally/ names, some 2.2 GB less are fetched.
ARG PIP_EXTRA_INDEX_URL

WORKDIR /srv/treadle
COPY requirements.lock ./
# In a layer of its own: a change of Treadle's code does not fetch torch again.
RUN [ -z "$EXTRAS" ] || pip install -c requirements.lock torch
COPY pyproject.toml README.md LICENSE ./
COPY app ./app
COPY prompts ./prompts
RUN pip install -c requirements.lock ".${EXTRAS:+[$EXTRAS]}"

# A number, so that it needs no entry in /etc/passwd and Kubernetes can see that it is not root.
RUN mkdir -p /data && chown 10001:10001 /data
USER 10001:10001
VOLUME /data
EXPOSE 8080

HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from os import environ; from urllib.request import urlopen; urlopen('http://127.0.0.1:' + environ['TREADLE_PORT'] + '/healthz', timeout=4)"]

CMD ["treadle", "serve", "--with-worker"]
