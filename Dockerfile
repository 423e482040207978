# The server as one static file on nothing else: no shell, no package manager, no library to bring up to date.

FROM rust:1-slim-bookworm AS build
WORKDIR /hrdb
# Linked statically, C library and all. Naming the target keeps that from the compiler's plug-ins, which cannot be static.
ENV RUSTFLAGS="-C target-feature=+crt-static"

# The dependencies are a layer of their own: they are compiled anew only when they change. An empty program stands in for
# ours, which is not there yet; neither are its benchmarks.
COPY .cargo .cargo
COPY Cargo.toml Cargo.lock ./
RUN rustc -vV | sed -n 's/^host: //p' > /target \
 && sed -i '/^\[\[bench\]\]/,/^$/d' Cargo.toml \
 && mkdir src && echo 'fn main() {}' > src/main.rs && echo '//!' > src/lib.rs \
 && cargo build --release --locked --target "$(cat /target)"

COPY Cargo.toml ./
COPY benches benches
COPY migrations migrations
COPY queries queries
COPY static static
COPY src src
# What was copied may be older than what the empty program left behind.
RUN touch src/main.rs src/lib.rs \
 && cargo build --release --locked --bin hrdb --target "$(cat /target)" \
 && mkdir -p /root-of-image/etc/hrdb /root-of-image/data \
 && mv "target/$(cat /target)/release/hrdb" /root-of-image/hrdb

FROM scratch
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="hrdb" \
      org.opencontainers.image.description="A REST application server over SQLite, with tokens and sign-in" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"

# A new volume takes the owner of the folder in whose place it comes.
COPY --from=build --chown=65532:65532 /root-of-image/data /data
COPY --from=build /root-of-image/etc /etc
COPY --from=build /root-of-image/hrdb /hrdb

USER 65532:65532
# A settings file, where there is one, is /etc/hrdb/hrdb.toml. What SQLite cannot sort in memory goes where there is room:
# nothing but the volume can be written.
WORKDIR /etc/hrdb
ENV HRDB_LISTEN=0.0.0.0:8080 HRDB_DATA_DIR=/data SQLITE_TMPDIR=/data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=6s --start-period=10s --retries=3 CMD ["/hrdb", "health"]
ENTRYPOINT ["/hrdb"]
