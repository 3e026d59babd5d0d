import type { CatcherFaults, CaughtMailStore } from "../domain/caught-mail.ts";
import type { Clock } from "../lib/clock.ts";

/** One DKIM signature's verdict. */
export interface DkimVerdict {
  readonly domain: string;
  readonly selector: string;
  /** RFC 8601 section 2.7.1: pass, fail, neutral, none, temperror, permerror, policy. */
  readonly result: string;
  /** Why, where it is not a pass; empty otherwise. */
  readonly reason: string;
}

export interface CatcherAppOptions {
  readonly store: CaughtMailStore;
  /** Shown to people who wonder where to send: `smtp://127.0.0.1:1025`. */
  readonly smtpUrl: string;
  /** Host names beside loopback under which this is reached, such as that of `PUBLIC_URL`; without a port. */
  readonly hosts?: readonly string[];
  /** Origins of our own (`https://news.example.com`): the unsubscribe button asks nobody else. */
  readonly ownOrigins?: readonly string[];
  /**
   * Where pictures in mails may come from without being asked for, as sources of a Content-Security-Policy: an origin, or
   * better an origin with the path where the pictures lie, `http://localhost:3000/pictures/`.
   */
  readonly pictureSources?: readonly string[];
  readonly faults?: CatcherFaults;
  /** Judges signatures; its time is bounded here, its look-ups are its own. */
  readonly verifyDkim?: (raw: Buffer) => Promise<readonly DkimVerdict[]>;
  readonly version?: string;
  readonly clock?: Clock;
}
