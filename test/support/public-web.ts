/** The public pages on a real database, asked without a socket. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hono } from "hono";
import { readConfig, type Config } from "../../src/app/config.ts";
import { createLogger } from "../../src/app/log.ts";
import { loadTokenKeys } from "../../src/app/secret.ts";
import { createToken, formatToken, tokenPaths, type TokenPayload } from "../../src/domain/token.ts";
import type { TokenKeys } from "../../src/domain/token-keys.ts";
import { createWebApp } from "../../src/web/web-app.ts";
import { createTestDatabase } from "./database.ts";
import type { TestDatabase } from "./database.ts";

export interface PublicWeb {
  readonly app: Hono;
  readonly config: Config;
  readonly tokens: TokenKeys;
  readonly databaseUrl: string;
  readonly pool: TestDatabase["pool"];
  /** `/u/..` and the like, as a mail carries it. */
  link(kind: keyof typeof tokenPaths, payload: TokenPayload): string;
  /** A form as a browser sends it. */
  post(
    path: string,
    fields: Record<string, string> | URLSearchParams,
    headers?: Record<string, string>,
  ): Promise<Response>;
  stop(): Promise<void>;
}

export async function createPublicWeb(environment: Record<string, string> = {}): Promise<PublicWeb> {
  const database = await createTestDatabase();
  const folder = mkdtempSync(join(tmpdir(), "broadsheet-test-"));
  const config = readConfig({
    DATABASE_URL: database.url,
    DATA_DIR: folder,
    PUBLIC_URL: "https://news.example.com",
    SECRET_KEY: "a secret of more than sixteen characters",
    LOG_LEVEL: "silent",
    ...environment,
  });
  const tokens = loadTokenKeys(config);
  const app = createWebApp({ config, pool: database.pool, log: createLogger(config, "test") });
  return {
    app,
    config,
    tokens,
    databaseUrl: database.url,
    pool: database.pool,
    link(kind, payload) {
      const purpose = kind === "view" || kind === "confirm" ? kind : "reader";
      return tokenPaths[kind] + formatToken(createToken(payload, tokens, purpose));
    },
    async post(path, fields, headers = {}) {
      return app.request(path, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
        body: new URLSearchParams(fields).toString(),
      });
    },
    async stop() {
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
