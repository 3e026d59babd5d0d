import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { clientAddress, networkOf, widerNetworkOf } from "../../../src/web/public/client-address.ts";

async function ask(peer: string | undefined, forwarded?: string): Promise<string> {
  const app = new Hono();
  app.get("/", (c) => c.text(String(clientAddress(c))));
  const environment = peer === undefined ? undefined : { incoming: { socket: { remoteAddress: peer } } };
  const headers: Record<string, string> = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  return (await app.request("/", { headers }, environment)).text();
}

describe("who asks", () => {
  it("is the other end of the connection, whatever it says of itself", async () => {
    expect(await ask("203.0.113.5")).toBe("203.0.113.5");
    expect(await ask("203.0.113.5", "198.51.100.1")).toBe("203.0.113.5");
    expect(await ask("::ffff:203.0.113.5")).toBe("203.0.113.5");
  });

  it("behind a proxy of ours is the nearest address that is not ours", async () => {
    expect(await ask("127.0.0.1", "198.51.100.1")).toBe("198.51.100.1");
    expect(await ask("10.0.0.2", "1.2.3.4, 198.51.100.1, 192.168.1.9")).toBe("198.51.100.1");
    expect(await ask("::1", "2001:db8::7")).toBe("2001:db8::7");
  });

  it("is the proxy itself where it says nothing usable", async () => {
    for (const said of [undefined, "", "unknown", "1.2.3.4, <script>"])
      expect(await ask("127.0.0.1", said)).toBe("127.0.0.1");
    expect(await ask(undefined)).toBe("null");
  });
});

describe("a network", () => {
  it("is an IPv4 address or a household's /64, its neighbourhood a /24 or a /48", () => {
    expect(networkOf("203.0.113.5")).toBe("203.0.113.5");
    expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2::/64");
    expect(networkOf("2001:DB8::6")).toBe("2001:db8:0:0::/64");
    expect(widerNetworkOf("203.0.113.5")).toBe("203.0.113.0/24");
    expect(widerNetworkOf("2001:db8:1:2::6")).toBe("2001:db8:1::/48");
    expect(networkOf(null)).toBe("unknown");
  });
});
