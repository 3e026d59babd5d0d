/** A Postfix of the test's own: its own settings, queue and log, on loopback only. It needs root, as Postfix's master does. */
import { execFile, execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { freePort } from "../../src/drill/free-port.ts";

const run = promisify(execFile);

export interface TestPostfix {
  readonly port: number;
  /** Everything in its mail log. */
  log(): string;
}

/**
 * Starts Postfix with `localhost` as its own domain, where it knows no users: it takes every mail to it and sends its own
 * report when there is no such user.
 * @param program the path of `postfix`
 * @param back where mail for a domain goes, such as our reports
 */
export async function startPostfix(
  program: string,
  back: { readonly domain: string; readonly port: number },
): Promise<TestPostfix> {
  const folder = mkdtempSync(join(tmpdir(), "broadsheet-postfix-"));
  chmodSync(folder, 0o755);
  const [settings, queue, data] = ["etc", "queue", "data"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [settings, queue, data]) mkdirSync(path);
  const number = (flag: string, user: string) => Number(execFileSync("id", [flag, user], { encoding: "utf8" }));
  execFileSync("chown", [String(number("-u", "postfix")), data]);
  const port = await freePort();
  const logFile = join(folder, "mail.log");
  const main = {
    compatibility_level: "3.6",
    queue_directory: queue,
    data_directory: data,
    command_directory: "/usr/sbin",
    daemon_directory: "/usr/lib/postfix/sbin",
    mail_owner: "postfix",
    setgid_group: "postdrop",
    myhostname: "mx.localhost",
    inet_interfaces: "127.0.0.1",
    inet_protocols: "ipv4",
    mydestination: "localhost",
    mynetworks: "127.0.0.0/8",
    // Takes mail for anybody, as a mail exchanger in front of another does, and finds out later.
    local_recipient_maps: "",
    alias_maps: "",
    alias_database: "",
    disable_dns_lookups: "yes",
    smtp_host_lookup: "native",
    transport_maps: `inline:{ { ${back.domain} = smtp:[127.0.0.1]:${back.port} } }`,
    maillog_file: logFile,
    maillog_file_prefixes: folder,
  };
  writeFileSync(
    join(settings, "main.cf"),
    Object.entries(main)
      .map(([name, value]) => `${name} = ${value}\n`)
      .join(""),
  );
  writeFileSync(join(settings, "master.cf"), services(port));
  // Before the start: a Postfix that was half started is stopped as well.
  onTestFinished(async () => {
    await run(program, ["-c", settings, "abort"]).catch(() => {});
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  await run(program, ["-c", settings, "start"], { timeout: 20_000 });
  return { port, log: () => readFileSync(logFile, "utf8") };
}

function services(port: number): string {
  const unix = (name: string, command = name) => `${name} unix - - n - - ${command}`;
  return [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    "pickup unix n - n 60 1 pickup",
    "cleanup unix n - n - 0 cleanup",
    "qmgr unix n - n 300 1 qmgr",
    unix("rewrite", "trivial-rewrite"),
    "bounce unix - - n - 0 bounce",
    "defer unix - - n - 0 bounce",
    "trace unix - - n - 0 bounce",
    unix("proxymap"),
    unix("smtp"),
    unix("error"),
    unix("retry", "error"),
    "local unix - n n - - local",
    "anvil unix - - n - 1 anvil",
    "scache unix - - n - 1 scache",
    "postlog unix-dgram n - n - 1 postlogd",
    "",
  ].join("\n");
}
