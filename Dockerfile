# One image for web and worker; PostgreSQL stands beside it (compose.yaml).
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN NEXT_TELEMETRY_DISABLED=1 npm run build && rm -rf .next/cache && npm prune --omit=dev --ignore-scripts

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 WAYPOST_PREBUILT=1 WAYPOST_HOST=0.0.0.0 WAYPOST_DATA_DIR=/data
WORKDIR /app
COPY --from=build --chown=node:node /app /app
RUN mkdir -p /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
CMD ["node", "scripts/start.mjs", "--web-only"]
