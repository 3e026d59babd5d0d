/** The demo's readers: invented first names at domains that are reserved for examples (RFC 2606), the same on every run. */

const firstNames = [
  "Ada",
  "Amélie",
  "Anselm",
  "Bruno",
  "Chiara",
  "Dmitri",
  "Elif",
  "Fatima",
  "Gustav",
  "Hanna",
  "Ivo",
  "Jun",
  "Katarina",
  "Liam",
  "Mónica",
  "Nadia",
  "Omar",
  "Priya",
  "Quentin",
  "Rosa",
  "Søren",
  "Tomoko",
  "Uwe",
  "Valérie",
  "Wei",
  "Xenia",
  "Yusuf",
  "Zoë",
  "さくら",
  "نور",
];
const domains = ["example.com", "example.net", "example.org"];
const zones = [
  "America/New_York",
  "America/Los_Angeles",
  "Europe/Berlin",
  "Europe/Paris",
  "Asia/Tokyo",
  "Asia/Kolkata",
  "",
];

/** People who get a copy; a few more are added whom the ledger must leave out or the catcher refuses. */
const readersCount = 1_180;
const refusedCount = 9;
const leftCount = 14;
const suppressedCount = 7;

export interface DemoAudience {
  readonly csv: string;
  /** Addresses that left the list before the send. */
  readonly left: readonly string[];
  /** Addresses that once complained. */
  readonly suppressed: readonly string[];
}

export function createDemoAudience(): DemoAudience {
  const rows = ["email,firstName,zone"];
  const addresses: string[] = [];
  const add = (address: string, index: number): void => {
    addresses.push(address);
    // Every fifteenth has no name, so that the fallback shows.
    const name = index % 15 === 7 ? "" : firstNames[index % firstNames.length];
    rows.push(`${address},${name},${zones[index % zones.length]}`);
  };
  add("ada@example.com", 0);
  for (let index = 1; index < readersCount + leftCount + suppressedCount; index += 1) {
    add(`reader${String(index).padStart(4, "0")}@${domains[index % domains.length]}`, index);
  }
  // The catcher answers 550 to these, as a server does for a mailbox that is gone.
  for (let index = 0; index < refusedCount; index += 1) add(`550+gone${index + 1}@example.com`, index);
  return {
    csv: `${rows.join("\n")}\n`,
    left: addresses.slice(10, 10 + leftCount),
    suppressed: addresses.slice(40, 40 + suppressedCount),
  };
}
