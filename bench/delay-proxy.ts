/**
 * A far server: a proxy in a process of its own that hands every piece on half a round trip later, each way, and speaks
 * TLS 1.3 where it is given a key. Told by its environment; says `{ port }` to its parent.
 */
import { connect, createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

const target = Number(process.env["PROXY_TARGET"]);
const halfMs = Number(process.env["PROXY_ROUND_TRIP_MS"]) / 2;
const key = process.env["PROXY_KEY"];
const cert = process.env["PROXY_CERTIFICATE"];

/** Pieces keep their order: timers of the same length fire in the order in which they were set. */
function passOn(from: Socket, to: Socket): void {
  from.on("data", (piece) => setTimeout(() => to.writable && to.write(piece), halfMs));
  from.on("end", () => setTimeout(() => to.end(), halfMs));
  from.on("error", () => to.destroy());
}

function accept(client: Socket): void {
  const server = connect(target, "127.0.0.1");
  client.setNoDelay(true);
  server.setNoDelay(true);
  passOn(client, server);
  passOn(server, client);
}

const listener = key && cert ? createTlsServer({ key, cert, minVersion: "TLSv1.3" }, accept) : createServer(accept);
listener.listen(0, "127.0.0.1", () => {
  const address = listener.address();
  if (typeof address === "object" && address) process.send?.({ port: address.port });
});
