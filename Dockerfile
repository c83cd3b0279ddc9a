# Paperboy in one image: no root, nothing written but /data. See docs/operating.md.
FROM python:3.12-slim AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/paperboy && /opt/paperboy/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN /opt/paperboy/bin/pip install --no-cache-dir --no-deps .

FROM python:3.12-slim
COPY --from=build /opt/paperboy /opt/paperboy
RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --home-dir /data --create-home paperboy
ENV PATH=/opt/paperboy/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    DATA_DIR=/data/store ARCHIVE_DIR=/data/digests PROFILES_DIR=/data/profiles HTTP_HOST=0.0.0.0
USER paperboy
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + (os.environ.get('HTTP_PORT') or '8080') + '/healthz', timeout=8)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["tini", "--", "paperboy"]
CMD ["up"]
