import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { afterEach, describe, expect, it } from "vitest";
import { type Catcher, type CatcherOptions, startCatcher } from "../../../src/adapters/catcher/catcher.ts";
import { parseFaultRule } from "../../../src/adapters/catcher/fault-rules.ts";
import { type Clock, systemClock } from "../../../src/lib/clock.ts";
import { createSeededRandom } from "../../../src/lib/random.ts";
import { openSmtpDialog } from "../../support/smtp-dialog.ts";

const open: Catcher[] = [];
async function start(rules: string[] = [], options: Partial<CatcherOptions> = {}): Promise<Catcher> {
  const faults = rules.map(parseFaultRule);
  const catcher = await startCatcher({ host: "127.0.0.1", port: 0, faults, ...options });
  open.push(catcher);
  return catcher;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((catcher) => catcher.stop()));
});

const raw = "From: a@example.com\r\nMessage-ID: <1@example.com>\r\nSubject: Hello\r\n\r\nHello\r\n";

/** The codes of the replies to MAIL, RCPT.., DATA and the dot; an empty one where the connection was cut. */
async function send(port: number, to: string[], from = "a@example.com"): Promise<string[]> {
  const dialog = await openSmtpDialog(port);
  const replies = await dialog.mail(from, to, raw);
  dialog.close();
  return replies.map((reply) => reply.slice(0, 3));
}

describe("faults by address", () => {
  it.each([
    ["450+x@example.org", ["250", "450"], 0],
    ["550+anything@example.org", ["250", "550"], 0],
    ["552+x@example.org", ["250", "552"], 0],
    ["421+x@example.org", ["250", "421"], 0],
    ["data554+x@example.org", ["250", "250", "554"], 0],
    ["dot451+x@example.org", ["250", "250", "354", "451"], 0],
    ["dot554+x@example.org", ["250", "250", "354", "554"], 0],
    ["drop+x@example.org", ["250", "250", "354", ""], 1],
    ["lose+x@example.org", ["250", "250", "354", ""], 0],
    ["droprcpt+x@example.org", ["250", ""], 0],
    ["dropdata+x@example.org", ["250", "250", ""], 0],
    ["ordinary+tag@example.org", ["250", "250", "354", "250"], 1],
    ["450@example.org", ["250", "250", "354", "250"], 1],
  ])("%s answers %j and keeps %i", async (recipient, codes, kept) => {
    const { port, store } = await start();
    expect(await send(port, [recipient])).toEqual(codes);
    expect(store.counts().taken).toBe(kept);
  });

  it("refuses a sender that asks for it", async () => {
    const { port } = await start();
    expect(await send(port, ["b@example.org"], "mail451+x@example.com")).toEqual(["451", "503"]);
  });

  it("writes the enhanced code that such a refusal has in the wild", async () => {
    const { port } = await start();
    const dialog = await openSmtpDialog(port);
    const replies = await dialog.mail("a@example.com", ["550+x@example.org", "552+x@example.org"], raw);
    expect(replies.slice(1).map((reply) => reply.slice(0, 9))).toEqual(["550 5.1.1", "552 5.2.2"]);
  });

  it("refuses one of several recipients and takes the mail for the others", async () => {
    const { port, store } = await start();
    expect(await send(port, ["550+x@example.org", "b@example.org"])).toEqual(["250", "550", "250", "354", "250"]);
    expect(store.list()[0]?.envelope.to.map((recipient) => recipient.address)).toEqual(["b@example.org"]);
  });

  it("greylists the first try of a recipient from a sender only", async () => {
    const { port } = await start();
    expect(await send(port, ["450+greylist@example.org"])).toEqual(["250", "450"]);
    expect(await send(port, ["450+greylist@example.org"], "other@example.com")).toEqual(["250", "450"]);
    expect(await send(port, ["450+greylist@example.org"])).toEqual(["250", "250", "354", "250"]);
    expect(await send(port, ["451+greylist+2@example.org"])).toEqual(["250", "451"]);
    expect(await send(port, ["451+greylist+2@example.org"])).toEqual(["250", "250", "354", "250"]);
  });

  it("waits as long as the address says before it answers the dot", async () => {
    const waited: number[] = [];
    const clock: Clock = {
      ...systemClock,
      after: (delayMs, callback) => {
        waited.push(delayMs);
        return systemClock.after(0, callback);
      },
    };
    const { port } = await start([], { clock });
    expect(await send(port, ["slow+x@example.org"])).toEqual(["250", "250", "354", "250"]);
    await send(port, ["slow90+x@example.org"]);
    expect(waited).toEqual([5_000, 90_000]);
  });
});

describe("faults by rule", () => {
  it("answers 421 only to what comes faster than the rate of a domain, and closes", async () => {
    let now = 0;
    const clock: Clock = { ...systemClock, monotonicMs: () => now };
    const { port, faults } = await start(["rcpt *@gmail.test 421 rate=2/1s"], { clock });
    const gmail = () => send(port, ["x@gmail.test"]).then((codes) => codes.at(-1));
    expect([await gmail(), await gmail(), await gmail(), await gmail()]).toEqual(["250", "250", "421", "421"]);
    expect(await send(port, ["x@yahoo.test"])).toContain("354");
    now = 1000;
    expect(await gmail()).toBe("250");
    expect(faults.counts()).toEqual({ reply: 2 });
  });

  it("counts each domain apart when a rule is for all", async () => {
    const { port } = await start(["rcpt * 421 rate=1/1m"]);
    const results = [];
    for (const domain of ["one.test", "two.test", "one.test"]) results.push((await send(port, [`x@${domain}`])).at(-1));
    expect(results).toEqual(["250", "250", "421"]);
  });

  it("refuses the greeting, and cuts it", async () => {
    const { port, faults } = await start(['greeting * 554 "No mail today" times=1']);
    const greeting = async () => (await openSmtpDialog(port, { greet: false })).greeting;
    expect(await greeting()).toBe("554 No mail today");
    faults.setRules([parseFaultRule("greeting * drop times=1")]);
    expect(await greeting()).toBe("");
    expect(await greeting()).toMatch(/^220 /);
  });

  it("says the words it was given, a 5.7.515 among them", async () => {
    const { port } = await start(['dot *@outlook.test 550 "5.7.515 Access denied"', "mail *@bad.test 550 times=1"]);
    const dialog = await openSmtpDialog(port);
    expect((await dialog.mail("a@example.com", ["x@outlook.test"], raw)).at(-1)).toBe("550 5.7.515 Access denied");
    expect((await dialog.mail("x@bad.test", ["b@example.org"], raw))[0]).toMatch(/^550 5\.1\.1/);
    expect((await dialog.mail("x@bad.test", ["b@example.org"], raw)).at(-1)).toMatch(/^250/);
  });

  it("hits about its share, the same ones for the same seed", async () => {
    const run = async () => {
      const { port } = await start(["rcpt * 450 share=0.3"], { random: createSeededRandom(7) });
      const dialog = await openSmtpDialog(port);
      await dialog.say("MAIL FROM:<a@example.com>");
      const codes: string[] = [];
      for (let index = 0; index < 200; index += 1) {
        codes.push((await dialog.say(`RCPT TO:<u${index}@example.org>`)).slice(0, 3));
      }
      return codes;
    };
    const [first, second] = [await run(), await run()];
    expect(first).toEqual(second);
    const hits = first.filter((code) => code === "450").length;
    expect(hits).toBeGreaterThan(40);
    expect(hits).toBeLessThan(80);
  });

  it("takes new rules while it runs", async () => {
    const { port, faults } = await start();
    faults.setRules([parseFaultRule("rcpt b@example.org 550")]);
    expect(await send(port, ["b@example.org"])).toEqual(["250", "550"]);
    faults.setRules([]);
    expect((await send(port, ["b@example.org"])).at(-1)).toBe("250");
  });

  it.each(["", "rcpt", "lunch * 450", "rcpt nobody 450", "rcpt * 250", "rcpt * 450 rate=x", "greeting a@b.test 450"])(
    "refuses %j as a rule, in words",
    (line) => {
      expect(() => parseFaultRule(line)).toThrow(/^The fault ".*" can't be used: .+\.$/);
    },
  );
});

describe("reports sent back", () => {
  async function startReturn(listenOn = 0): Promise<{
    port: number;
    received: Promise<{ from: string; to: string; raw: string }>;
    stop: () => void;
  }> {
    let receive: (mail: { from: string; to: string; raw: string }) => void;
    const received = new Promise<{ from: string; to: string; raw: string }>((resolve) => (receive = resolve));
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      disableReverseLookup: true,
      onData(stream, session, done) {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          const { mailFrom, rcptTo } = session.envelope;
          const from = mailFrom ? mailFrom.address : "?";
          receive({ from, to: rcptTo[0]?.address ?? "", raw: Buffer.concat(chunks).toString() });
          done();
        });
      },
    });
    server.listen(listenOn, "127.0.0.1");
    await once(server.server, "listening");
    return { port: (server.server.address() as AddressInfo).port, received, stop: () => server.close() };
  }

  it("accepts, then sends an RFC 3464 report from the null sender to the envelope sender", async () => {
    const inbound = await startReturn();
    const { port, store } = await start([], { returnTo: { host: "127.0.0.1", port: inbound.port } });
    const dialog = await openSmtpDialog(port);
    await dialog.say("MAIL FROM:<bounce+1.2.x@example.com> ENVID=1.2");
    await dialog.say("RCPT TO:<dsn522+ada@example.org> ORCPT=rfc822;ada@example.org");
    await dialog.say("DATA");
    expect(await dialog.say(`${raw}.`)).toMatch(/^250/);
    const report = await inbound.received;
    inbound.stop();
    expect(report).toMatchObject({ from: "", to: "bounce+1.2.x@example.com" });
    expect(report.raw).toMatch(/^Content-Type: multipart\/report; report-type=delivery-status; boundary="/m);
    expect(report.raw).toMatch(/^Original-Envelope-Id: 1\.2\r$/m);
    expect(report.raw).toMatch(
      /^Original-Recipient: rfc822;ada@example\.org\r\nFinal-Recipient: rfc822; dsn522\+ada@example\.org\r\nAction: failed\r\nStatus: 5\.2\.2\r$/m,
    );
    expect(report.raw).toContain("Content-Type: text/rfc822-headers\r\n\r\nFrom: a@example.com\r\nMessage-ID: <1@");
    expect(store.counts().taken).toBe(1);
  });

  it("keeps the report among the catch when there is nowhere to send it", async () => {
    const { port, store } = await start();
    await send(port, ["dsn+x@example.org"], "bounce+3.4@example.com");
    expect(store.list().map((mail) => [mail.envelope.from, mail.envelope.to[0]?.address])).toEqual([
      ["", "bounce+3.4@example.com"],
      ["bounce+3.4@example.com", "dsn+x@example.org"],
    ]);
  });

  it("sends no report to the null sender, and none that was not wanted", async () => {
    const { port, store } = await start();
    await send(port, ["dsn+x@example.org"], "");
    const dialog = await openSmtpDialog(port);
    await dialog.say("MAIL FROM:<a@example.com>");
    await dialog.say("RCPT TO:<dsn+x@example.org> NOTIFY=NEVER");
    await dialog.say("DATA");
    await dialog.say(`${raw}.`);
    expect(store.counts().taken).toBe(2);
  });

  it("waits with its first report for a listener that is still starting", async () => {
    const { port: later, stop } = await startReturn();
    stop();
    const { port, reports } = await start([], { returnTo: { host: "127.0.0.1", port: later, patienceMs: 60_000 } });
    await send(port, ["dsn+x@example.org"], "bounce+3.4@example.com");
    const inbound = await startReturn(later);
    expect(await inbound.received).toMatchObject({ to: "bounce+3.4@example.com" });
    inbound.stop();
    await expect.poll(() => reports()).toMatchObject({ sent: 1, failed: 0 });
  });

  it("keeps a report that nobody takes among the catch, counts it as failed and goes on", async () => {
    const { port, reports, store } = await start([], { returnTo: { host: "127.0.0.1", port: 1 } });
    await send(port, ["dsn+x@example.org"], "bounce+3.4@example.com");
    await expect.poll(() => reports()?.failed).toBe(1);
    expect(reports()?.lastFailure).toContain("127.0.0.1:1");
    await expect.poll(() => store.list()[0]?.envelope.to[0]?.address).toBe("bounce+3.4@example.com");
    expect(store.counts().taken).toBe(2);
  });
});
