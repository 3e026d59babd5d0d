/**
 * Passwords with argon2id (RFC 9106), worked out on the thread pool. Each takes 19 MiB and some tens of milliseconds, so few
 * run at once and few wait: a flood of tries must not take the threads that files and pictures need.
 */
import { hash, verify, type Algorithm } from "@node-rs/argon2";
import { InputError, UnavailableError } from "../../lib/errors.ts";

/** The package declares its names as a const enum, which modules compiled one by one can't read. */
const argon2id: Algorithm = 2;

/** OWASP's second choice for argon2id: 19 MiB, two passes, one lane. */
const cost = { algorithm: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Half of the thread pool's four. */
const runningMax = 2;
/** Two seconds' worth; whoever comes later is told to try again. */
const waitingMax = 40;

/** NIST SP 800-63B asks for 8 at least, and 15 where a password stands alone; length is what counts. */
export const passwordCharactersMin = 12;
const passwordCharactersMax = 200;

let running = 0;
const waiting: (() => void)[] = [];

/** @throws InputError `weak-password` */
export async function hashPassword(password: string): Promise<string> {
  const length = [...password].length;
  if (length < passwordCharactersMin || length > passwordCharactersMax) {
    throw new InputError({
      code: "weak-password",
      message: `A password has ${passwordCharactersMin} to ${passwordCharactersMax} characters; this one has ${length}. A few words in a row are good.`,
    });
  }
  return inTurn(() => hash(normal(password), cost));
}

/** Takes the same time for somebody who isn't known (`null`), so that nobody learns who has an account. */
export async function isPassword(password: string, passwordHash: string | null): Promise<boolean> {
  if (password.length > passwordCharactersMax * 4) return false;
  const compared = passwordHash ?? (await (nobody ??= inTurn(() => hash("nobody's password", cost))));
  const matches = await inTurn(() => verify(compared, normal(password)));
  return matches && passwordHash !== null;
}

let nobody: Promise<string> | undefined;

/** The same letters from another keyboard are the same password. */
function normal(password: string): string {
  return password.normalize("NFKC");
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= runningMax) {
    if (waiting.length >= waitingMax)
      throw new UnavailableError(
        "sign-in-busy",
        "Too many people sign in at this moment. Please try again in a minute.",
      );
    // Whoever ends hands its place on, so that nobody slips in between.
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}
