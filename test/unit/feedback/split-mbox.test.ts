import { expect, it } from "vitest";
import { splitMbox } from "../../../src/feedback/split-mbox.ts";

const split = (text: string) => splitMbox(Buffer.from(text)).map(String);
const line = "From MAILER-DAEMON  Thu Apr 29 23:34:45 2015\n";

it("gives each mail of an mbox without its From line, whatever the line ends", () => {
  const mbox = `${line}Subject: a\n\nbody\n\n${line}Subject: b\n\nbody\n`;
  expect(split(mbox)).toEqual(["Subject: a\n\nbody\n\n", "Subject: b\n\nbody\n"]);
  for (const end of ["\r\n", "\r"]) expect(split(mbox.replace(/\n/g, end)).length).toBe(2);
});

it("leaves a single mail as it is", () => {
  const mail = `Subject: a\n\n${line}Subject: quoted\n`;
  expect(split(mail)).toEqual([mail]);
  expect(split("")).toEqual([""]);
});

it("takes no line of a body for a new mail unless a header follows", () => {
  expect(split(`${line}Subject: a\n\nFrom me to you, in 2015\nlove\n`)).toEqual([
    "Subject: a\n\nFrom me to you, in 2015\nlove\n",
  ]);
});
