import { inspect } from "node:util";
import { InputError, type Problem } from "../../lib/errors.ts";
import type { TransportProfile } from "../../domain/transport.ts";
import { profileOfHost, transportProfiles } from "./profile-of-host.ts";

/** One SMTP server and how it is to be used. Holds secrets: never log it, `server` is its name for people. */
export interface SmtpServer {
  /** `smtp.example.com:587`, for the ledger and for messages. */
  readonly server: string;
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (`smtps://`). */
  readonly implicitTls: boolean;
  /** No message and no password over a connection that is not encrypted. */
  readonly requireTls: boolean;
  /** Never asks for STARTTLS, even where it is announced. */
  readonly ignoreTls: boolean;
  /** `false` accepts any certificate, for a server of one's own with a self-signed one. */
  readonly verifyCertificate: boolean;
  /** PEM file of the authority that signed its certificate; `null` for those that Node knows. */
  readonly caFile: string | null;
  /** Sends the password over an unencrypted connection to another machine; off unless asked for. */
  readonly clearTextAuth: boolean;
  readonly credentials: SmtpCredentials | null;
  /** Name said in EHLO; `null` for this machine's own. */
  readonly ehloName: string | null;
  /** Share of the mail, relative to the other servers. */
  readonly weight: number;
  readonly connectionsMax: number;
  readonly messagesPerConnectionMax: number;
  readonly idleMs: number;
  /** Asks for delivery status notifications where the server can (RFC 3461). */
  readonly dsn: boolean;
  readonly profile: TransportProfile;
}

export interface SmtpCredentials {
  readonly user: string;
  /** The password; with XOAUTH2 an access token, or empty where a refresh token is given. */
  readonly password: string;
  /** `null` takes the first mechanism that the server announces. */
  readonly method: "PLAIN" | "LOGIN" | "CRAM-MD5" | "XOAUTH2" | null;
  readonly refresh: OAuthRefresh | null;
}

/** What it takes to get a new access token (RFC 6749 section 6). */
export interface OAuthRefresh {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
  readonly accessUrl: string;
}

const submissionPort = 587; // RFC 6409
const implicitTlsPort = 465; // RFC 8314
/** Two processes stay below the 50 that Postfix allows a client by default (smtpd_client_connection_count_limit). */
const connectionsDefault = 20;
const connectionsMaximum = 1_000;
/** A server with a lower limit of its own ends the connection itself, which costs one more greeting. */
const messagesPerConnectionDefault = 1_000;
/** Below the shortest idle limits in use, so that we close first, politely. */
const idleSecondsDefault = 30;
const serversMax = 32;
const entryCharactersMax = 4_096;

const authMethods = ["PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2"] as const;

/**
 * Reads `SMTP_URL`: one or several of `smtp://user:pass@host:587?requireTLS=true&weight=2` and `smtps://..`, separated
 * by commas or white space.
 * @throws InputError that names the entry and its bad part, and never repeats a value: it may be a piece of a password
 */
export function parseSmtpServers(text: string): SmtpServer[] {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== "");
  if (entries.length === 0) fail("SMTP_URL is empty: give smtp://host:port or smtps://user:password@host");
  if (entries.length > serversMax) fail(`SMTP_URL names ${entries.length} servers; at most ${serversMax} are used`);
  // All shapes first: where a password's comma cut an entry in two, no later check may quote a half of it.
  const shapes = entries.flatMap((entry, index) => shapeProblem(entry, placeOf(index, entries.length)));
  if (shapes.length > 0) throw new InputError(shapes);
  const servers = entries.map((entry, index) => parseServer(entry, placeOf(index, entries.length)));
  const twice = servers.find((server, index) => servers.findIndex((other) => other.server === server.server) !== index);
  if (twice) fail(`SMTP_URL names ${twice.server} twice; give it once, with a weight and a number of connections`);
  return servers;
}

function fail(message: string): never {
  throw new InputError({ code: "smtp-url", message });
}

function placeOf(index: number, count: number): string {
  return count === 1 ? "SMTP_URL" : `SMTP_URL, server ${index + 1} of ${count}`;
}

function shapeProblem(entry: string, place: string): Problem[] {
  const problem = (message: string) => [{ code: "smtp-url", message: `${place}: ${message}` }];
  if (entry.length > entryCharactersMax) return problem(`is longer than ${entryCharactersMax} characters`);
  if (!/^smtps?:\/\//i.test(entry)) {
    return problem("must begin with smtp:// or smtps:// (in a password, write a comma as %2C and a space as %20)");
  }
  const authority = entry.replace(/^\w+:\/\//, "").split(/[/?#]/, 1)[0] as string;
  if (entry.split("@").length > 2 || (entry.includes("@") && !authority.includes("@"))) {
    return problem("write @ : / ? # % in the user name or password percent-encoded (%40 %3A %2F %3F %23 %25)");
  }
  if (!URL.canParse(entry)) return problem("is not a URL of the form smtp://user:password@host:port");
  return [];
}

function parseServer(entry: string, place: string): SmtpServer {
  const url = new URL(entry);
  const read = createParameterReader(url.searchParams, place);
  if (url.hostname === "") fail(`${place}: the host is missing`);
  if (url.pathname !== "" && url.pathname !== "/") fail(`${place}: nothing may stand between the host and the "?"`);
  if (url.hash !== "") fail(`${place}: nothing may follow a "#"; write it as %23`);
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const implicitTls = url.protocol.toLowerCase() === "smtps:";
  const port = url.port === "" ? (implicitTls ? implicitTlsPort : submissionPort) : Number(url.port);
  if (port === 0) fail(`${place}: port 0 can't be connected to`);
  const server: SmtpServer = {
    server: `${url.hostname.toLowerCase()}:${port}`,
    host,
    port,
    implicitTls,
    requireTls: read.flag("requireTLS", false),
    ignoreTls: read.flag("ignoreTLS", false),
    verifyCertificate: read.flag("rejectUnauthorized", true),
    caFile: read.text("caFile"),
    clearTextAuth: read.flag("clearTextAuth", false),
    credentials: readCredentials(url, read, place),
    ehloName: read.match("name", /^[A-Za-z0-9.:[\]-]{1,255}$/, "a host name"),
    weight: read.count("weight", 1, 1, 1_000),
    connectionsMax: read.count("connections", connectionsDefault, 1, connectionsMaximum),
    messagesPerConnectionMax: read.count("messages", messagesPerConnectionDefault, 1, 1_000_000),
    idleMs: read.count("idle", idleSecondsDefault, 1, 3_600) * 1_000,
    dsn: read.flag("dsn", true),
    profile: (read.oneOf("profile", transportProfiles) as TransportProfile | null) ?? profileOfHost(host),
  };
  read.finish();
  if (server.requireTls && server.ignoreTls) fail(`${place}: requireTLS and ignoreTLS contradict each other`);
  return server;
}

function readCredentials(url: URL, read: ParameterReader, place: string): SmtpCredentials | null {
  const user = decode(url.username, `${place}: the user name`);
  const password = decode(url.password, `${place}: the password`);
  const method = read.oneOf("auth", authMethods) as SmtpCredentials["method"];
  const parts = ["clientId", "clientSecret", "refreshToken", "accessUrl"].map((name) => read.text(name));
  const refresh = parts.some((part) => part !== null);
  if (user === "" && password === "" && method === null && !refresh) return null;
  if (user === "") fail(`${place}: there is a password but no user name`);
  if (refresh && method !== "XOAUTH2") fail(`${place}: clientId and its like are used with auth=xoauth2 only`);
  if (!refresh) {
    if (password === "") fail(`${place}: there is a user name but no password (with auth=xoauth2, the access token)`);
    return hideFromLogs({ user, password, method, refresh: null });
  }
  const [clientId, clientSecret, refreshToken, accessUrl] = parts;
  if (!clientId || !clientSecret || !refreshToken || !accessUrl) {
    fail(`${place}: auth=xoauth2 needs clientId, clientSecret, refreshToken and accessUrl together`);
  }
  if (!/^https:\/\//i.test(accessUrl)) fail(`${place}: accessUrl must be an https address`);
  return hideFromLogs({ user, password, method, refresh: { clientId, clientSecret, refreshToken, accessUrl } });
}

/** A server that lands in a log line or a message by mistake shows its user name and no more. */
function hideFromLogs(credentials: SmtpCredentials): SmtpCredentials {
  const show = { value: () => `${credentials.user} [secret]` };
  return Object.defineProperties(credentials, { toJSON: show, [inspect.custom]: show });
}

function decode(text: string, what: string): string {
  try {
    const decoded = decodeURIComponent(text);
    // oxlint-disable-next-line no-control-regex -- a NUL would end AUTH PLAIN's field early (RFC 4616)
    if (/[\u0000\r\n]/.test(decoded)) fail(`${what} holds a control character`);
    return decoded;
  } catch (thrown) {
    if (thrown instanceof InputError) throw thrown;
    return fail(`${what} holds a "%" that is not percent-encoding; write it as %25`);
  }
}

interface ParameterReader {
  text(name: string): string | null;
  flag(name: string, fallback: boolean): boolean;
  count(name: string, fallback: number, least: number, most: number): number;
  match(name: string, pattern: RegExp, what: string): string | null;
  oneOf(name: string, choices: readonly string[]): string | null;
  /** Complains about every parameter that nobody asked for. */
  finish(): void;
}

/** Names are compared without regard to case; a name given twice is an error, not a choice. */
function createParameterReader(parameters: URLSearchParams, place: string): ParameterReader {
  const given = new Map<string, { name: string; value: string }>();
  for (const [name, value] of parameters) {
    if (given.has(name.toLowerCase())) fail(`${place}: ${quoteName(name)} is given twice`);
    given.set(name.toLowerCase(), { name, value });
  }
  const text = (name: string): string | null => {
    const value = given.get(name.toLowerCase())?.value ?? null;
    given.delete(name.toLowerCase());
    return value;
  };
  return {
    text,
    flag(name, fallback) {
      const value = text(name);
      if (value === null) return fallback;
      if (value === "true" || value === "1") return true;
      if (value === "false" || value === "0") return false;
      return fail(`${place}: ${name} must be true or false`);
    },
    count(name, fallback, least, most) {
      const value = text(name);
      if (value === null) return fallback;
      const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
      if (number >= least && number <= most) return number;
      return fail(`${place}: ${name} must be a whole number from ${least} to ${most}`);
    },
    match(name, pattern, what) {
      const value = text(name);
      if (value !== null && !pattern.test(value)) fail(`${place}: ${name} must be ${what}`);
      return value;
    },
    oneOf(name, choices) {
      const value = text(name);
      if (value === null) return null;
      const choice = choices.find((candidate) => candidate.toLowerCase() === value.toLowerCase());
      return choice ?? fail(`${place}: ${name} must be one of ${choices.join(", ").toLowerCase()}`);
    },
    finish() {
      const unknown = [...given.values()].map(({ name }) => quoteName(name));
      if (unknown.length > 0) fail(`${place}: unknown parameter ${unknown.join(", ")}`);
    },
  };
}

function quoteName(name: string): string {
  return /^[A-Za-z][A-Za-z-]{0,31}$/.test(name) ? `"${name}"` : "(its name is no word)";
}
