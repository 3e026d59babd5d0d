import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createServer, connect, type AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { messageTo, openTransport, sendOne } from "../../support/smtp-message.ts";
import { requireProgram } from "../../support/require-program.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

const program = requireProgram("smtp-sink");

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Postfix's own test server, which is none of ours: what it accepts is plain SMTP. */
async function startPostfixSink(...options: string[]) {
  const port = await freePort();
  const folder = makeTemporaryFolder();
  mkdirSync(join(folder, "dump"));
  chmodSync(join(folder, "dump"), 0o777);
  const user = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
  const child = spawn(program as string, [...user, ...options, `127.0.0.1:${port}`, "100"], {
    cwd: folder,
    stdio: "ignore",
  });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  await vi.waitFor(
    () =>
      new Promise<void>((resolve, reject) => {
        const probe = connect(port, "127.0.0.1", () => {
          probe.destroy();
          resolve();
        });
        probe.once("error", reject);
      }),
    { timeout: 10_000, interval: 20 },
  );
  return { port, folder };
}

describe.skipIf(!program)("with Postfix's smtp-sink", () => {
  test.each([{ pipelining: true }, { pipelining: false }])(
    "mails go through, pipelining $pipelining",
    async ({ pipelining }) => {
      const { port } = await startPostfixSink(...(pipelining ? [] : ["-p"]));
      const transport = openTransport(`smtp://127.0.0.1:${port}?connections=2`);
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, (_, index) => sendOne(transport, messageTo(`reader${index}@example.com`))),
      );
      expect(outcomes.filter((outcome) => outcome.type !== "accepted")).toEqual([]);
      expect(outcomes[0]).toMatchObject({ reply: { code: 250, enhanced: "2.0.0" } });
    },
  );

  test("its dump holds the bytes that were handed over, dots included", async () => {
    const { port, folder } = await startPostfixSink("-d", "dump/%M.");
    const message = messageTo("ada@example.com", { text: ".\r\n..\r\n.x\r\nlast\r\n" });
    expect(await sendOne(openTransport(`smtp://127.0.0.1:${port}`), message)).toMatchObject({ type: "accepted" });
    const dump = join(folder, "dump");
    const file = await vi.waitFor(() => {
      const name = readdirSync(dump, { recursive: true }).find((entry) => /\d/.test(String(entry)));
      if (name === undefined) throw new Error("nothing was dumped yet");
      return readFileSync(join(dump, String(name)), "utf8");
    });
    expect(file).toContain(message.bytes.toString().replaceAll("\r\n", "\n"));
  });

  test.each([
    ["-f", "rcpt", "refused", "rcpt"],
    ["-r", "rcpt", "deferred", "rcpt"],
    ["-f", "mail", "refused", "mail"],
    ["-r", ".", "deferred", "dot"],
    ["-f", ".", "refused", "dot"],
  ])("%s %s makes a mail %s at %s", async (option, command, type, phase) => {
    const { port } = await startPostfixSink(option, command);
    const transport = openTransport(`smtp://127.0.0.1:${port}?connections=1`);
    for (const to of ["ada@example.com", "grace@example.com"]) {
      expect(await sendOne(transport, messageTo(to))).toMatchObject({ type, phase });
    }
  });

  test.each([
    ["mail", "deferred"],
    ["data", "deferred"],
    [".", "uncertain"],
  ])("a connection dropped at %s leaves a mail %s", async (command, type) => {
    const { port } = await startPostfixSink("-q", command);
    expect(await sendOne(openTransport(`smtp://127.0.0.1:${port}`), messageTo("ada@example.com"))).toMatchObject({
      type,
    });
  });
});
