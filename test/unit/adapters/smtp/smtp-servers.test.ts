import { format, inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSmtpServers } from "../../../../src/adapters/smtp/smtp-servers.ts";
import { InputError } from "../../../../src/lib/errors.ts";

/** What is said about a text that is not taken; nothing for one that is. */
function messageAbout(text: string): string {
  try {
    parseSmtpServers(text);
    return "";
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message;
  }
}

test("a bare host gets the submission port and modest defaults", () => {
  expect(parseSmtpServers("smtp://mail.example.com")).toEqual([
    {
      server: "mail.example.com:587",
      host: "mail.example.com",
      port: 587,
      implicitTls: false,
      requireTls: false,
      ignoreTls: false,
      verifyCertificate: true,
      caFile: null,
      clearTextAuth: false,
      credentials: null,
      ehloName: null,
      weight: 1,
      connectionsMax: 20,
      messagesPerConnectionMax: 1_000,
      idleMs: 30_000,
      dsn: true,
      profile: "mta",
    },
  ]);
});

test("everything can be said in the URL", () => {
  const [server] = parseSmtpServers(
    "smtps://ada:p%40ss%2C%20w%C3%B6rd@[::1]:2465/?requireTLS=true&weight=2&connections=5&messages=20&idle=60&name=out.example.com&auth=login&dsn=false&profile=ses",
  );
  expect(server).toMatchObject({
    server: "[::1]:2465",
    host: "::1",
    port: 2465,
    implicitTls: true,
    requireTls: true,
    credentials: { user: "ada", password: "p@ss, wörd", method: "LOGIN", refresh: null },
    ehloName: "out.example.com",
    weight: 2,
    connectionsMax: 5,
    messagesPerConnectionMax: 20,
    idleMs: 60_000,
    dsn: false,
    profile: "ses",
  });
});

test("smtps:// without a port means 465", () => {
  expect(parseSmtpServers("smtps://mail.example.com")[0]).toMatchObject({ port: 465, implicitTls: true });
});

test("several servers are separated by commas, white space, or both", () => {
  const names = (text: string) => parseSmtpServers(text).map((server) => server.server);
  const expected = ["a.example.com:587", "b.example.com:25"];
  expect(names("smtp://a.example.com,smtp://b.example.com:25")).toEqual(expected);
  expect(names(" smtp://a.example.com\n  smtp://b.example.com:25 ,")).toEqual(expected);
});

test("a token that renews itself needs its four parts", () => {
  const parts = "clientId=c&clientSecret=s&refreshToken=r&accessUrl=https://login.example.com/token";
  const [server] = parseSmtpServers(`smtps://ada@mail.example.com?auth=xoauth2&${parts}`);
  expect(server?.credentials).toEqual({
    user: "ada",
    password: "",
    method: "XOAUTH2",
    refresh: { clientId: "c", clientSecret: "s", refreshToken: "r", accessUrl: "https://login.example.com/token" },
  });
  expect(messageAbout("smtps://ada@mail.example.com?auth=xoauth2&clientId=c")).toMatch(/needs clientId, clientSecret/);
});

test.each([
  ["email-smtp.eu-west-1.amazonaws.com", "ses"],
  ["smtp.postmarkapp.com", "postmark"],
  ["smtp.sendgrid.net", "sendgrid"],
  ["smtp.eu.mailgun.org", "mailgun"],
  ["ses.example.com", "mta"],
])("the profile of %s is %s", (host, profile) => {
  expect(parseSmtpServers(`smtp://${host}`)[0]?.profile).toBe(profile);
});

test("a server that is logged by mistake keeps its secrets", () => {
  const parts =
    "clientId=c&clientSecret=client-secret&refreshToken=refresh-token&accessUrl=https://login.example.com/t";
  const servers = parseSmtpServers(
    `smtp://ada:hunter2@a.example.com, smtps://ada:token-1@b.example.com?auth=xoauth2&${parts}`,
  );
  const shown = `${JSON.stringify(servers)} ${inspect(servers, { depth: 9 })} ${format("%o %j", servers, servers)}`;
  expect(shown).toContain("ada");
  expect(shown).not.toMatch(/hunter2|token-1|client-secret|refresh-token/);
});

describe("what is wrong is named, with its place", () => {
  test.each([
    ["", /empty/],
    ["  , ", /empty/],
    ["mail.example.com:587", /must begin with smtp:\/\//],
    ["http://mail.example.com", /must begin with smtp:\/\//],
    ["smtp://a.example.com, b.example.com", /server 2 of 2: must begin/],
    ["smtp://mail.example.com:99999", /not a URL/],
    ["smtp://mail.example.com:0", /port 0/],
    ["smtp://ada@mail.example.com", /no password/],
    ["smtp://:secret@mail.example.com", /no user name/],
    ["smtp://mail.example.com?weight=0", /weight must be a whole number from 1 to 1000/],
    ["smtp://mail.example.com?connections=1e3", /connections must be/],
    ["smtp://mail.example.com?requireTLS=yes", /requireTLS must be true or false/],
    ["smtp://mail.example.com?requireTls=1&requiretls=0", /given twice/],
    ["smtp://mail.example.com?requireTLS=true&ignoreTLS=true", /contradict/],
    ["smtp://mail.example.com?wait=2", /unknown parameter "wait"/],
    ["smtp://mail.example.com?name=a%20b", /name must be a host name/],
    ["smtp://ada:x@mail.example.com?auth=ntlm", /auth must be one of plain, login, cram-md5, xoauth2/],
    ["smtp://mail.example.com?profile=gmail", /profile must be one of mta, ses/],
    ["smtp://mail.example.com/inbox", /nothing may stand between/],
    ["smtp://ada:a%ZZb@mail.example.com", /percent-encod/],
    ["smtp://ada:a%00b@mail.example.com", /control character/],
    ["smtp://a.example.com smtp://A.example.com:587", /a\.example\.com:587 twice/],
  ])("%s", (text, message) => {
    expect(messageAbout(text)).toMatch(message);
    expect(messageAbout(text)).toMatch(/^SMTP_URL/);
  });
});

test("no message ever holds a piece of the password, wherever its characters tear the URL apart", () => {
  const characters = [
    "S",
    "e",
    "c",
    "9",
    "0",
    "@",
    ":",
    "/",
    "?",
    "#",
    "%",
    "&",
    "=",
    ",",
    " ",
    ";",
    "\\",
    "[",
    "]",
    ".",
  ];
  const secrets = fc
    .array(fc.constantFrom(...characters), { minLength: 4, maxLength: 12 })
    .map((parts) => `Qx${parts.join("")}Zw`);
  fc.assert(
    fc.property(secrets, fc.constantFrom("", "?weight=x", ":port", "?nonsense=1"), (secret, rest) => {
      expect(messageAbout(`smtp://ada:${secret}@mail.example.com${rest}`)).not.toMatch(/Qx|Zw/);
    }),
    { numRuns: 2_000 },
  );
});
