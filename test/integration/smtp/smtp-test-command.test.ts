import { expect, test } from "vitest";
import { runCommand } from "../../support/run-command.ts";
import { startTestServer } from "../../support/smtp-test-server.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

/** The database is not asked. */
function smtpTest(args: readonly string[], smtpUrl?: string) {
  const setting = { databaseUrl: "", dataDir: makeTemporaryFolder(), ...(smtpUrl === undefined ? {} : { smtpUrl }) };
  return runCommand(["smtp", "test", ...args], setting);
}

test("it tries each server, says what it found, sends nothing, and ends with 0 when all of them work", async () => {
  const server = await startTestServer({ size: 20_000_000, hideSMTPUTF8: false });
  const url = `smtp://ada:correct%20horse@localhost:${server.port}?requireTLS=true&caFile=${server.caFile}`;
  const { code, stdout } = await smtpTest([], url);
  expect(code, stdout).toBe(0);
  expect(stdout).toMatch(new RegExp(`^localhost:${server.port}: works`));
  expect(stdout).toMatch(/TLS +TLSv1\.[23], certificate verified/);
  expect(stdout).toMatch(/AUTH +accepted/);
  expect(stdout).toMatch(/SMTPUTF8 +yes/);
  expect(stdout).toMatch(/8BITMIME +yes/);
  expect(stdout).toMatch(/SIZE +20,?000,?000 bytes/);
  expect(server.logins).toHaveLength(1);
  expect(server.mails).toEqual([]);
});

test("one that does not work ends it with 1, with the step that failed and without its password", async () => {
  const server = await startTestServer();
  const good = `smtp://ada:correct%20horse@localhost:${server.port}?caFile=${server.caFile}`;
  const bad = await startTestServer();
  const wrong = `smtp://ada:wrong%20horse@localhost:${bad.port}?caFile=${bad.caFile}`;
  const { code, stdout } = await smtpTest(["--json"], `${good},${wrong}`);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject([
    { server: `localhost:${server.port}`, works: true, authentication: "accepted", failure: null },
    {
      server: `localhost:${bad.port}`,
      works: false,
      authentication: "failed",
      failure: { phase: "auth", permanent: true },
    },
  ]);
  expect(stdout).not.toContain("horse");
});

test("without SMTP_URL there is nothing to test, and it says so", async () => {
  const { code, stderr } = await smtpTest([]);
  expect(code).toBe(2);
  expect(stderr).toContain("SMTP_URL is not set");
});
