/*
 * Runs inside a network and mount namespace of its own, because opendkim-testmsg asks the resolver of the machine: a DNS
 * server that knows the test's key records listens there on port 53. Reads {program, records, messages (files)} from the
 * file named by the first argument and prints [{status, output}] as JSON.
 */
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";

const typeTxt = 16;
const { program, records, messages } = JSON.parse(readFileSync(process.argv[2], "utf8"));

/** Answers one question for a TXT record (RFC 1035 section 4); anything else has no such name. */
function answer(query) {
  const labels = [];
  let at = 12;
  while (query[at] > 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + query[at]));
    at += query[at] + 1;
  }
  const question = query.subarray(12, at + 5);
  const strings = query.readUInt16BE(at + 1) === typeTxt ? records[labels.join(".").toLowerCase()] : undefined;
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(strings ? 0x8580 : 0x8583, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(strings ? 1 : 0, 6);
  if (!strings) return Buffer.concat([head, question]);
  const data = Buffer.concat(strings.flatMap((text) => [Buffer.from([text.length]), Buffer.from(text, "latin1")]));
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc00c, 0);
  record.writeUInt16BE(typeTxt, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(60, 6);
  record.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, question, record, data]);
}

function judge(file) {
  return new Promise((resolve) => {
    const child = spawn(program, [], { stdio: ["pipe", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.on("close", (status) => resolve({ status, output: output.trim() }));
    child.stdin.end(readFileSync(file));
  });
}

const server = createSocket("udp4", (query, from) => server.send(answer(query), from.port, from.address));
server.bind(53, "127.0.0.1", async () => {
  const results = [];
  for (const file of messages) results.push(await judge(file));
  console.log(JSON.stringify(results));
  server.close();
});
