# One image for server and command line. The Node that runs Tidemark is a dependency in the lock file; the base image's Node only sets it up.
FROM node:24-bookworm-slim

RUN mkdir /tidemark /data && chown node:node /tidemark /data
USER node
WORKDIR /tidemark

# Dependencies change less often than sources: a layer of their own.
COPY --chown=node:node package.json package-lock.json .npmrc ./
COPY --chown=node:node schema/package.json schema/
COPY --chown=node:node compute/package.json compute/
COPY --chown=node:node server/package.json server/
COPY --chown=node:node server/bin/ server/bin/
COPY --chown=node:node web/package.json web/
RUN npm ci --no-audit --no-fund

COPY --chown=node:node . .
# Builds the compute core and the dashboard.
RUN node scripts/setup.mjs

ENV PATH=/tidemark/node_modules/.bin:$PATH
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4000/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server/src/main.ts", "--data-dir", "/data"]
