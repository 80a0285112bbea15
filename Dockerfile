# SayWhen for servers: docker build -t saywhen . ; deploy/compose.yaml runs it, and docs/deployment.md explains how.
FROM python:3.11-slim AS build

WORKDIR /src
COPY requirements.txt requirements-dev.txt pyproject.toml README.md LICENSE NOTICE ./
COPY labeling labeling
COPY schemas schemas
# The pins in requirements-dev.txt are for the dependencies of the extra oidc.
RUN python -m venv /opt/saywhen \
    && /opt/saywhen/bin/pip install --no-cache-dir -r requirements.txt \
    && /opt/saywhen/bin/pip install --no-cache-dir -c requirements.txt -c requirements-dev.txt ".[oidc]"

FROM python:3.11-slim

RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin saywhen \
    && install -d -o saywhen -g saywhen -m 700 /data /backups
COPY --from=build /opt/saywhen /opt/saywhen
ENV PATH=/opt/saywhen/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    SAYWHEN_PROJECT=/data/project.db
USER saywhen
WORKDIR /data
# With serve --backup-to /backups, mount a volume there.
VOLUME /data
EXPOSE 8501
# Asks the server directly, without the proxy.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD \
    ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/readyz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["saywhen"]
CMD ["serve", "--host", "0.0.0.0"]
