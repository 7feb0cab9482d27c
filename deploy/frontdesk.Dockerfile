# The web service, the action server, migrations and retention: docker build -f deploy/frontdesk.Dockerfile -t assistant-frontdesk .
# Pin the base image by its digest where you build: --build-arg PYTHON=python:3.12-slim-bookworm@sha256:…
ARG PYTHON=python:3.12-slim-bookworm

FROM ${PYTHON} AS packages
WORKDIR /build
COPY requirements/uv.txt requirements/main.txt ./
RUN python -m pip install --no-cache-dir --require-hashes -r uv.txt \
    && uv venv /opt/venv \
    && uv pip sync --no-cache --compile-bytecode --require-hashes --python /opt/venv/bin/python main.txt

FROM ${PYTHON}
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin assistant
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY clinic.yml ./
COPY actions actions
COPY content content
COPY data data
COPY escalation escalation
COPY frontdesk frontdesk
COPY knowledge knowledge
COPY records records
COPY redaction redaction
COPY review review
COPY safety safety
COPY widget widget
# Nobody may change what runs; here is where it may write, on a volume.
RUN python -m compileall -q . && install -d -o assistant -g assistant /var/lib/assistant
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    FRONTDESK_HOST=0.0.0.0 SANIC_HOST=0.0.0.0 \
    FRONTDESK_TAUGHT_DIR=/var/lib/assistant/taught FRONTDESK_AUDIT_ANCHORS=/var/lib/assistant/audit-anchors
USER 10001:10001
VOLUME /var/lib/assistant
EXPOSE 8080 5055
CMD ["python", "-m", "frontdesk"]
