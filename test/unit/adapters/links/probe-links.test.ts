import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isPublicAddress } from "../../../../src/lib/public-address.ts";
import { probeLinks } from "../../../../src/adapters/links/probe-links.ts";

describe("addresses that are asked", () => {
  it.each(["93.184.216.34", "2606:2800:220:1::1", "8.8.8.8"])("%s", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
  it.each([
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:db8::1",
    "localhost",
    "",
  ])("not %s", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe("links", () => {
  let server: Server;
  let url = "";
  let atOnce = 0;
  let mostAtOnce = 0;
  const asked: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      atOnce += 1;
      mostAtOnce = Math.max(mostAtOnce, atOnce);
      response.on("close", () => (atOnce -= 1));
      const path = request.url ?? "";
      if (path === "/only-get") return void response.writeHead(request.method === "HEAD" ? 405 : 200).end();
      if (path === "/moved") return void response.writeHead(302, { location: "/fine" }).end();
      if (path === "/round") return void response.writeHead(302, { location: "/round" }).end();
      if (path === "/inside") return void response.writeHead(302, { location: "http://169.254.169.254/latest" }).end();
      if (path === "/file") return void response.writeHead(302, { location: "file:///etc/passwd" }).end();
      const status = { "/gone": 404, "/private": 403, "/ill": 503 }[path] ?? 200;
      return void response.writeHead(status).end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  it("are alive, dead, or can't be judged", async () => {
    const paths = ["fine", "only-get", "moved", "round", "gone", "private", "ill", "inside", "file"];
    const isAllowed = (address: string) => address === "127.0.0.1";
    const verdicts = await probeLinks(
      paths.map((path) => `${url}/${path}`),
      { isAllowed },
    );
    expect(Object.fromEntries(verdicts.map(({ href, state }) => [href.slice(url.length + 1), state]))).toEqual({
      fine: "alive",
      "only-get": "alive",
      moved: "alive",
      round: "dead",
      gone: "dead",
      private: "unsure",
      ill: "unsure",
      inside: "unsure",
      file: "unsure",
    });
    expect(mostAtOnce).toBe(1);
  });

  it("to this machine are not asked, by number or by name", async () => {
    const before = asked.length;
    const verdicts = await probeLinks([url, url.replace("127.0.0.1", "localhost"), url.replace("127.0.0.1", "[::1]")]);
    expect(verdicts.map(({ state }) => state)).toEqual(["unsure", "unsure", "unsure"]);
    for (const { detail } of verdicts) expect(detail).toContain("private address");
    expect(asked).toHaveLength(before);
  });
});
