# The chat in an image: Bun, a few libraries, our sources and the bundled page. No shell, no npm and no Node that could need an update.

FROM node:22-trixie-slim AS install
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY protocol protocol
COPY client client
COPY web web
COPY deploy/sbom.ts deploy/
# Bun's install script moves its binary of 100 MB out of node_modules/@oven, and links it a second time as bunx: a copy
# between stages may make two files of that. `--version` fails the build, and not the first start, should the script
# not have run.
# The page is bundled at the end of the first command, with libraries that are not needed afterwards.
RUN npm ci \
    && npm run sbom \
    && npm prune --omit=dev --ignore-scripts \
    && rm -rf node_modules/@oven node_modules/bun/bin/bunx.exe node_modules/.bin/bunx \
    && ./node_modules/.bin/bun --version \
    && mkdir data

# glibc is all that Bun needs of a system, and Debian 13's is the one that it was installed beside.
FROM gcr.io/distroless/base-nossl-debian13:nonroot
WORKDIR /app
COPY --from=install /app/node_modules node_modules
# The one folder that the chat may write to; a new volume takes its owner over.
COPY --from=install --chown=65532:65532 /app/data data
COPY package.json keys.sh ./
COPY protocol protocol
COPY server server
COPY dummy dummy
COPY --from=install /app/web/dist web/dist
COPY --from=install /app/sbom.cdx.json ./

# Inside a container loopback is nobody: what may reach the chat is decided by whoever publishes the port.
# 0 switches off a cache of translated sources, for which there is no place to write.
ENV HOST=0.0.0.0 \
    PORT=1993 \
    NODE_ENV=production \
    BUN_RUNTIME_TRANSPILER_CACHE_PATH=0

# As a number: Kubernetes cannot tell from a name that it is not root.
USER 65532:65532
VOLUME /app/data
EXPOSE 1993
STOPSIGNAL SIGTERM

# Over TLS the certificate is for the name that people use, not for 127.0.0.1.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
    CMD ["./node_modules/.bin/bun", "-e", "const { PORT, TLS_CERT } = process.env; const answer = await fetch((TLS_CERT ? 'https' : 'http') + '://127.0.0.1:' + PORT + '/health', { tls: { rejectUnauthorized: false } }); process.exit(answer.ok ? 0 : 1)"]

# Bun itself, not a script that starts it: it must get SIGTERM to let the sockets go in good order.
CMD ["./node_modules/.bin/bun", "server/main.ts"]
