# Real clients that know nothing of the lab: docker build -f docker/clients.Dockerfile -t paclab-clients docker
FROM debian:bookworm-slim
COPY client /usr/local/bin/client
WORKDIR /home/client
# Last, and alone: the browsers weigh more than a gigabyte, and simple storage drivers copy that for each further layer.
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends ca-certificates chromium curl firefox-esr nodejs \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 1000 --home-dir /home/client client && chown client /home/client
USER client
ENTRYPOINT ["client"]
