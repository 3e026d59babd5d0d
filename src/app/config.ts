import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { config as loadDotenv } from "dotenv";
import { z } from "zod";
import { InputError, type Problem } from "../lib/errors.ts";

/** Where the feedback listener is tried when nobody says: no privilege is needed for it. */
export const feedbackSmtpPortDefault = 2525;

/** Everything the environment decides, read and checked once; nothing else reads `process.env`. */
export interface Config {
  /** PostgreSQL; absent means the embedded server under `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** Redis or Valkey; absent means the queue in PostgreSQL, with one deliver process. */
  readonly redisUrl: string | undefined;
  /** Keeps installations that share one Redis apart. */
  readonly queuePrefix: string;
  /** One or several servers; absent means the local catcher. */
  readonly smtpUrl: string | undefined;
  /** Where readers reach our pages, without a slash at the end. */
  readonly publicUrl: string;
  readonly dataDir: string;
  /** The current secret first; absent means one that is made and kept under `dataDir`. */
  readonly secrets: readonly string[];
  /** The return path's domain; absent means the domain of the list's From. */
  readonly returnPathDomain: string | undefined;
  /** Where mail that asks to leave goes; absent means `leave@` the return path's domain. */
  readonly unsubscribeMailbox: string | undefined;
  /** `selector@domain=path` each. */
  readonly dkimKeys: readonly DkimKeyFile[];
  readonly host: string;
  readonly webPort: number;
  readonly catcherSmtpPort: number;
  readonly catcherWebPort: number;
  /** Photographs mails for `broadsheet shots`; absent means one that is found on this machine. */
  readonly chromiumPath: string | undefined;
  readonly deliverProcesses: number;
  readonly deliverConcurrency: number;
  readonly sendDeadlineMs: number;
  readonly retryDelaysMs: readonly number[] | undefined;
  readonly giveUpAfterMs: number | undefined;
  /** How long a provider's rate limit rests its lane. */
  readonly rateLimitRestMs: number;
  /** A job whose worker shows no life for this long is run again. */
  readonly queueLockMs: number;
  /** A schedule found later than this asks a person. */
  readonly lateAfterMs: number;
  /** The share of refusals, 0 to 1, above which a campaign halts; 1 never. */
  readonly haltRefusedShare: number;
  /** The share of complaints, 0 to 1, above which a campaign halts; 1 never. */
  readonly haltComplaintShare: number;
  /** Where the feedback listener takes mail; absent means `feedbackSmtpPortDefault` where it is free. */
  readonly feedbackSmtpPort: number | undefined;
  readonly feedbackSmtpHost: string;
  /** A mailbox of ours that reports come to. */
  readonly imapUrl: string | undefined;
  readonly imapEveryMs: number;
  /** Topics of Amazon SNS whose notifications are believed. */
  readonly sesTopicArns: readonly string[];
  /** `user:password` */
  readonly postmarkWebhookSecret: string | undefined;
  /** Public key, base64. */
  readonly sendgridWebhookKey: string | undefined;
  readonly mailgunWebhookKey: string | undefined;
  readonly logLevel: "debug" | "info" | "warn" | "error" | "silent";
}

export interface DkimKeyFile {
  readonly domain: string;
  readonly selector: string;
  readonly path: string;
}

const port = z.coerce.number().int().min(0).max(65_535);
const count = z.coerce.number().int().min(1).max(1_000);

/** `90s`, `10m`, `2h`, `1d` */
const duration = z
  .string()
  .regex(/^\d+(ms|s|m|h|d)$/, "a number with ms, s, m, h or d, such as 10m")
  .transform((text) => {
    const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(text) as unknown as [string, string, keyof typeof unitMs];
    return Number(amount) * unitMs[unit];
  });
const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `10%`, as 0.1 */
const share = z
  .string()
  .regex(/^\d{1,3}(\.\d+)?%$/, "a percentage such as 10%")
  .transform((text) => Math.min(1, Number(text.slice(0, -1)) / 100));

const url = (protocols: readonly string[]) =>
  z
    .string()
    .refine(
      (text) => protocols.includes(parseProtocol(text)),
      `a URL that starts with ${protocols.map((name) => `${name}//`).join(" or ")}`,
    );

function parseProtocol(text: string): string {
  try {
    return new URL(text).protocol;
  } catch {
    return "";
  }
}

/** One entry a variable; .env.example explains each, and a test holds the two together. */
export const environmentSchema = z.object({
  DATABASE_URL: url(["postgres:", "postgresql:"]).optional(),
  REDIS_URL: url(["redis:", "rediss:"]).optional(),
  QUEUE_PREFIX: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, "lower-case letters, digits and hyphens")
    .default("broadsheet"),
  SMTP_URL: z.string().optional(),
  PUBLIC_URL: url(["http:", "https:"]).optional(),
  DATA_DIR: z.string().default(".broadsheet"),
  SECRET_KEY: z.string().optional(),
  RETURN_PATH_DOMAIN: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, "a domain in lower case, such as bounces.example.com")
    .optional(),
  UNSUBSCRIBE_MAILBOX: z
    .string()
    .regex(/^[^\s@+]+@[^\s@]+$/, "an address, such as leave@example.com")
    .optional(),
  DKIM_KEYS: z.string().optional(),
  HOST: z.string().default("127.0.0.1"),
  WEB_PORT: port.default(8080),
  CATCHER_SMTP_PORT: port.default(1025),
  CATCHER_WEB_PORT: port.default(8025),
  CHROMIUM_PATH: z.string().optional(),
  DELIVER_PROCESSES: count.default(1),
  DELIVER_CONCURRENCY: count.default(80),
  SEND_DEADLINE: duration.default(300_000),
  RETRY_DELAYS: z
    .string()
    .transform((text) => text.split(",").map((part) => part.trim()))
    .pipe(z.array(duration).min(1))
    .optional(),
  GIVE_UP_AFTER: duration.optional(),
  RATE_LIMIT_REST: duration.default(60_000),
  QUEUE_LOCK: duration.default(20_000),
  LATE_AFTER: duration.default(6 * 3_600_000),
  HALT_REFUSED: share.prefault("10%"),
  HALT_COMPLAINTS: share.prefault("0.3%"),
  FEEDBACK_SMTP_PORT: port.optional(),
  FEEDBACK_SMTP_HOST: z.string().optional(),
  IMAP_URL: url(["imap:", "imaps:"]).optional(),
  IMAP_EVERY: duration.default(60_000),
  SES_TOPIC_ARNS: z.string().optional(),
  POSTMARK_WEBHOOK_SECRET: z
    .string()
    .regex(/^[^:]+:.{12,}$/, "user:password with a password of at least 12 characters")
    .optional(),
  SENDGRID_WEBHOOK_KEY: z.string().optional(),
  MAILGUN_WEBHOOK_KEY: z.string().optional(),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
});

/** Variables whose values never stand in a message. */
const secretVariables = new Set([
  "DATABASE_URL",
  "REDIS_URL",
  "SMTP_URL",
  "SECRET_KEY",
  "IMAP_URL",
  "POSTMARK_WEBHOOK_SECRET",
  "MAILGUN_WEBHOOK_KEY",
]);

/**
 * Reads `.env` (where there is one) and the environment; the environment wins.
 * @throws InputError `bad-configuration` naming every bad variable, its value (unless secret) and what is allowed
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const file = resolve(".env");
  // A copy, so that a reader of this function's result is the only one who sees the file.
  const merged: NodeJS.ProcessEnv = {};
  if (existsSync(file)) loadDotenv({ path: file, processEnv: merged as Record<string, string>, quiet: true });
  for (const [name, value] of Object.entries(environment))
    if (value !== undefined && value !== "") merged[name] = value;
  for (const name of Object.keys(merged)) if (merged[name] === "") delete merged[name];

  const parsed = environmentSchema.safeParse(merged);
  if (!parsed.success) {
    throw new InputError(
      parsed.error.issues.map((issue): Problem => {
        const name = String(issue.path[0]);
        const value = secretVariables.has(name) ? "" : ` is "${merged[name] ?? ""}"`;
        return { code: "bad-configuration", message: `${name}${value}: it must be ${describeAllowed(issue.message)}.` };
      }),
    );
  }
  const values = parsed.data;
  return {
    databaseUrl: values.DATABASE_URL,
    redisUrl: values.REDIS_URL,
    queuePrefix: values.QUEUE_PREFIX,
    smtpUrl: values.SMTP_URL,
    publicUrl: (values.PUBLIC_URL ?? `http://localhost:${values.WEB_PORT}`).replace(/\/+$/, ""),
    dataDir: resolve(values.DATA_DIR),
    secrets: splitList(values.SECRET_KEY),
    returnPathDomain: values.RETURN_PATH_DOMAIN,
    unsubscribeMailbox: values.UNSUBSCRIBE_MAILBOX,
    dkimKeys: parseDkimKeys(values.DKIM_KEYS ?? ""),
    host: values.HOST,
    webPort: values.WEB_PORT,
    catcherSmtpPort: values.CATCHER_SMTP_PORT,
    catcherWebPort: values.CATCHER_WEB_PORT,
    chromiumPath: values.CHROMIUM_PATH,
    deliverProcesses: values.DELIVER_PROCESSES,
    deliverConcurrency: values.DELIVER_CONCURRENCY,
    sendDeadlineMs: values.SEND_DEADLINE,
    retryDelaysMs: values.RETRY_DELAYS,
    giveUpAfterMs: values.GIVE_UP_AFTER,
    rateLimitRestMs: values.RATE_LIMIT_REST,
    queueLockMs: values.QUEUE_LOCK,
    lateAfterMs: values.LATE_AFTER,
    haltRefusedShare: values.HALT_REFUSED,
    haltComplaintShare: values.HALT_COMPLAINTS,
    feedbackSmtpPort: values.FEEDBACK_SMTP_PORT,
    feedbackSmtpHost: values.FEEDBACK_SMTP_HOST ?? values.HOST,
    imapUrl: values.IMAP_URL,
    imapEveryMs: values.IMAP_EVERY,
    sesTopicArns: splitList(values.SES_TOPIC_ARNS),
    postmarkWebhookSecret: values.POSTMARK_WEBHOOK_SECRET,
    sendgridWebhookKey: values.SENDGRID_WEBHOOK_KEY,
    mailgunWebhookKey: values.MAILGUN_WEBHOOK_KEY,
    logLevel: values.LOG_LEVEL,
  };
}

function splitList(text: string | undefined): readonly string[] {
  return (text ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function describeAllowed(message: string): string {
  return message.replace(/^Invalid (input|option): expected /, "").replace(/^Invalid option: /, "");
}

function parseDkimKeys(text: string): readonly DkimKeyFile[] {
  return text
    .split(/[,\s]+/)
    .filter((entry) => entry !== "")
    .map((entry) => {
      const match = /^([^@=]+)@([^@=]+)=(.+)$/.exec(entry);
      if (!match) {
        throw new InputError({
          code: "bad-configuration",
          message: `DKIM_KEYS has "${entry}": each key is selector@domain=path, such as s2026@example.com=.broadsheet/dkim/s2026.pem.`,
        });
      }
      return { selector: match[1] as string, domain: match[2] as string, path: resolve(match[3] as string) };
    });
}

/** The environment of a child process that works on the same installation: what was decided here, said outright. */
export function childEnvironment(changes: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...process.env };
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete environment[name];
    else environment[name] = value;
  }
  return environment;
}

/** Whether a parent process of ours started this one and holds its stdin. */
export function isSupervised(): boolean {
  return process.env["BROADSHEET_SUPERVISED"] === "1";
}
