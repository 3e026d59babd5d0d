import type { TokenKeys } from "../../domain/token-keys.ts";
import type { WebContext } from "../web-app.ts";

/** What every group of public routes works with. */
export interface PublicContext extends WebContext {
  readonly tokens: TokenKeys;
}
