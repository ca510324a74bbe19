# One image for server and command line. The Node that runs Tidemark is a dependency in the lock file; the base image's Node only sets it up.
FROM node:24-bookworm-slim

RUN mkdir /tidemark /data && chown node:node /tidemark /data
USER node
WORKDIR /tidemark

COPY --chown=node:node . .
# Installs what the lock file names, builds the compute core and the dashboard.
RUN node scripts/setup.mjs

# The system's allocator would keep a pool for every thread, of which there are a dozen.
ENV MALLOC_ARENA_MAX=2
ENV PATH=/tidemark/node_modules/.bin:$PATH
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4000/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server/src/main.ts", "--data-dir", "/data"]
