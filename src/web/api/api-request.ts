import type { z } from "zod";
import type { ApiCaller } from "../../app/access/api-tokens.ts";
import type { Actor } from "../../domain/audit.ts";
import type { WebContext } from "../web-app.ts";
import type { apiRoutes, ApiRouteName } from "./routes.ts";

/** Where something was done by a program, for consents and logs. */
export const apiPlace = "API";

type Route<Name extends ApiRouteName> = (typeof apiRoutes)[Name];
type Checked<R, Part extends string> = R extends { readonly [P in Part]: infer Schema extends z.ZodType }
  ? z.output<Schema>
  : undefined;

/** What a route's handler works with: checked, and allowed to the caller. */
export interface ApiRequest<Name extends ApiRouteName> extends WebContext {
  readonly caller: ApiCaller;
  /** As the log names the caller. */
  readonly actor: Actor;
  readonly params: Checked<Route<Name>, "params">;
  readonly query: Checked<Route<Name>, "query">;
  readonly body: Checked<Route<Name>, "body">;
}

export interface ApiAnswer<Name extends ApiRouteName> {
  readonly status?: Route<Name>["statuses"][number];
  readonly body: z.input<Route<Name>["answer"]>;
  /** Whom the answer is about, where it holds what is personal: what is kept of it goes with the person. */
  readonly subscriber?: number;
}

export type ApiHandler<Name extends ApiRouteName> = (request: ApiRequest<Name>) => Promise<ApiAnswer<Name>>;
export type ApiHandlers = { readonly [Name in ApiRouteName]: ApiHandler<Name> };
