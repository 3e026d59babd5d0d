/** Verifiers that are none of ours: each says for each mail whether its signatures hold. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";
import { splitTxt } from "../../src/digest/dkim-keys.ts";

/** By name: the record's text. */
export type Records = ReadonlyMap<string, string>;

export interface Verdict {
  /** How many of the mail's signatures hold; OpenDKIM tells only whether one does. */
  readonly holding: "all" | "some" | "none";
  readonly detail: string;
}

/** Python starts slowly on a busy machine, and the mails are some dozens. */
const judgeMsMax = 60_000;

const namespaceScript = join(import.meta.dirname, "opendkim-namespace.mjs");

/** Brings the loopback device up (SIOCSIFFLAGS, IFF_UP); `ip` is not everywhere. */
const loopbackUp = "import socket,fcntl,struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sh', b'lo', 1))";

/** Says why user and network namespaces can't be made here, or null. */
export function findNamespaceTrouble(python: string): string | null {
  const { status, stderr, error } = spawnSync("unshare", [...namespaces, python, "-c", loopbackUp], {
    encoding: "utf8",
  });
  return status === 0 ? null : (error?.message ?? stderr.trim());
}

const namespaces = ["--user", "--map-root-user", "--net", "--mount"];

export function judgeByOpendkim(
  program: string,
  python: string,
  records: Records,
  mails: readonly Buffer[],
): Verdict[] {
  const folder = mkdtempSync(join(tmpdir(), "broadsheet-opendkim-"));
  try {
    const messages = mails.map((mail, index) => {
      const file = join(folder, `${index}.eml`);
      // The program reads lines that end in LF and writes CRLF for itself.
      writeFileSync(file, mail.toString("latin1").replace(/\r\n/g, "\n"), "latin1");
      return file;
    });
    const dns = Object.fromEntries([...records].map(([name, value]) => [name.toLowerCase(), splitTxt(value)]));
    writeFileSync(join(folder, "job.json"), JSON.stringify({ program, records: dns, messages }));
    writeFileSync(join(folder, "resolv.conf"), "nameserver 127.0.0.1\n");
    const script = `"$1" -c "$2" && mount --bind "$3/resolv.conf" /etc/resolv.conf && exec "$4" "$5" "$3/job.json"`;
    const run = spawnSync(
      "unshare",
      [...namespaces, "sh", "-c", script, "sh", python, loopbackUp, folder, process.execPath, namespaceScript],
      { encoding: "utf8", timeout: judgeMsMax },
    );
    if (run.status !== 0)
      throw new Error(`opendkim-testmsg could not be run: ${run.stderr}${run.error?.message ?? ""}`);
    const results = JSON.parse(run.stdout) as { status: number; output: string }[];
    return results.map(({ status, output }) => ({
      holding: status === 0 && output === "" ? "all" : "none",
      detail: output,
    }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const dkimpyScript = `
import base64, json, sys, dkim
job = json.load(sys.stdin)
dns = {k.lower(): v for k, v in job["records"].items()}
def find(name, timeout=5):
    text = dns.get((name.decode() if isinstance(name, bytes) else name).rstrip(".").lower())
    return None if text is None else text.encode()
verdicts = []
for mail in job["mails"]:
    results = []
    message = base64.b64decode(mail)
    for index in range(job["signatures"]):
        try:
            results.append(dkim.DKIM(message).verify(idx=index, dnsfunc=find))
        except Exception as error:
            results.append(type(error).__name__ + ": " + str(error))
    verdicts.append(results)
print(json.dumps(verdicts))
`;

/** @param signatures how many each mail has */
export function judgeByDkimpy(
  python: string,
  records: Records,
  mails: readonly Buffer[],
  signatures: number,
): Verdict[] {
  const job = { records: Object.fromEntries(records), mails: mails.map((mail) => mail.toString("base64")), signatures };
  const run = spawnSync(python, ["-c", dkimpyScript], {
    input: JSON.stringify(job),
    encoding: "utf8",
    timeout: judgeMsMax,
  });
  if (run.status !== 0) throw new Error(`dkimpy could not be run: ${run.stderr}`);
  const verdicts = JSON.parse(run.stdout) as (boolean | string)[][];
  return verdicts.map((results) => ({
    holding: summarise(results.map((result) => result === true)),
    detail: results.join(", "),
  }));
}

export async function judgeByMailauth(
  records: Records,
  mails: readonly Buffer[],
  signatures: number,
): Promise<Verdict[]> {
  const resolver = (name: string, type: string) => {
    const value = type === "TXT" ? records.get(name.toLowerCase()) : undefined;
    if (value !== undefined) return Promise.resolve([splitTxt(value)]);
    return Promise.reject(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }));
  };
  return Promise.all(
    mails.map(async (mail) => {
      const { results } = await dkimVerify(mail, { resolver });
      const detail = results.map(({ status }) => `${status.result} ${status.comment ?? ""}`).join(", ");
      const passes = results.map(({ status }) => status.result === "pass");
      return { holding: summarise(passes.length === signatures ? passes : [...passes, false]), detail };
    }),
  );
}

function summarise(passes: readonly boolean[]): Verdict["holding"] {
  if (passes.every((pass) => pass)) return "all";
  return passes.some((pass) => pass) ? "some" : "none";
}
