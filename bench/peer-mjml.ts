/** Peer: the usual pipeline, in which every BullMQ job compiles MJML and Nodemailer composes and signs. */
import { readFileSync } from "node:fs";
import { Queue, Worker } from "bullmq";
import Handlebars from "handlebars";
import { Redis } from "ioredis";
import mjml2html from "mjml";
import nodemailer from "nodemailer";
import { createMjmlPage } from "./peer-mjml-page.ts";

const { PEER_MAILS = "0", PEER_SINK = "", PEER_KEY = "", PEER_INDEX = "0", PEER_REDIS = "" } = process.env;
const connection = new Redis(PEER_REDIS, { maxRetriesPerRequest: null });
const name = `peer-${PEER_INDEX}`;
const page = createMjmlPage(28);
const transport = nodemailer.createTransport({
  host: "127.0.0.1",
  port: Number(PEER_SINK),
  ignoreTLS: true,
  pool: true,
  maxConnections: 20,
  maxMessages: Number.POSITIVE_INFINITY,
  dkim: { domainName: "example.com", keySelector: "rsa", privateKey: readFileSync(PEER_KEY, "utf8") },
});

process.on("message", async () => {
  const queue = new Queue(name, { connection });
  const mails = Number(PEER_MAILS);
  await queue.addBulk(Array.from({ length: mails }, (_, index) => ({ name: "mail", data: { index } })));
  let done = 0;
  const worker = new Worker<{ index: number }>(
    name,
    async (job) => {
      const source = Handlebars.compile(page)({ firstName: `Reader ${job.data.index}` });
      const { html } = await mjml2html(source);
      await transport.sendMail({
        from: "News <news@example.com>",
        to: `r${job.data.index}.${PEER_INDEX}@example.net`,
        subject: "The news",
        html,
        text: "The news",
      });
      done += 1;
      if (done === mails) process.send?.("done");
    },
    { connection, concurrency: 20 },
  );
  await worker.waitUntilReady();
});
process.send?.("ready");
