import type { Pool } from "pg";
import {
  addApiToken,
  countApiTokens,
  findApiToken,
  revokeApiToken,
  tokensMax,
} from "../../adapters/postgres/api-tokens.ts";
import type { User } from "../../domain/access.ts";
import { isApiScope, type ApiScope } from "../../domain/api-scope.ts";
import { InputError } from "../../lib/errors.ts";
import { audited, type AuditConfig } from "../audit/record-audit.ts";
import { createSecretToken, hashSecretToken } from "./secret-token.ts";

/** Whoever finds one in a file, or a scanner that looks for lost secrets, knows what it is. */
const prefix = "bsht_";
const nameCharactersMax = 100;

/** Who asks, and what for. */
export interface ApiCaller {
  readonly token: number;
  readonly scopes: ReadonlySet<string>;
}

/**
 * @returns the token, which is shown this one time
 * @throws InputError `bad-name`, `bad-scope`, `too-many-tokens`
 */
export async function makeApiToken(
  pool: Pool,
  config: AuditConfig,
  maker: User,
  given: { readonly name: string; readonly scopes: readonly string[] },
): Promise<string> {
  const name = given.name.trim();
  if (name === "" || name.length > nameCharactersMax || /\p{Cc}/u.test(name))
    throw new InputError({ code: "bad-name", message: `Say in 1 to ${nameCharactersMax} characters what it is for.` });
  const scopes = readScopes(given.scopes);
  const token = prefix + createSecretToken();
  await audited(
    pool,
    config,
    async (client) => {
      if ((await countApiTokens(client)) >= tokensMax)
        throw new InputError({
          code: "too-many-tokens",
          message: "Revoke tokens that nobody uses before making more.",
        });
      return addApiToken(client, { name, tokenHash: hashSecretToken(token), scopes, createdBy: maker.id });
    },
    (id) => ({ actor: `user:${maker.id}`, action: "token-made", subject: `token:${id}`, facts: { scopes } }),
  );
  return token;
}

function readScopes(given: readonly string[]): readonly ApiScope[] {
  const scopes = [...new Set(given)].filter(isApiScope);
  if (scopes.length === 0 || scopes.length < new Set(given).size)
    throw new InputError({ code: "bad-scope", message: "Choose at least one of the scopes that there are." });
  return scopes;
}

/** @param header the request's `Authorization`. @returns `null` where it names no token in use */
export async function readApiCaller(pool: Pool, header: string | undefined): Promise<ApiCaller | null> {
  const token = /^Bearer ([A-Za-z0-9_-]{1,200})$/i.exec(header ?? "")?.[1];
  if (!token?.startsWith(prefix)) return null;
  const found = await findApiToken(pool, hashSecretToken(token));
  return found && { token: found.id, scopes: new Set(found.scopes) };
}

/** @throws InputError `unknown-token` */
export async function revokeApiTokenAs(pool: Pool, config: AuditConfig, user: User, id: number): Promise<void> {
  const isRevoked = await audited(
    pool,
    config,
    (client) => revokeApiToken(client, id),
    (done) => (done ? { actor: `user:${user.id}`, action: "token-revoked", subject: `token:${id}` } : null),
  );
  if (!isRevoked) throw new InputError({ code: "unknown-token", message: "There is no token of this number in use." });
}
