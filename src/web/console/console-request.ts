import type { Context } from "hono";
import type { Session } from "../../app/access/sessions.ts";
import type { Upload } from "./receive-upload.ts";
import type { WebContext } from "../web-app.ts";

/** What an open route's handler works with. */
export interface OpenRequest extends WebContext {
  readonly c: Context;
  /** The form's fields; empty for a GET. */
  readonly form: URLSearchParams;
}

/** The same for somebody who signed in and may do it. */
export interface ConsoleRequest extends OpenRequest {
  readonly session: Session;
  /** The file of a route that takes one. */
  readonly upload?: Upload;
}

type Answer = Response | Promise<Response>;
export type OpenHandler = (request: OpenRequest) => Answer;
export type ConsoleHandler = (request: ConsoleRequest) => Answer;
