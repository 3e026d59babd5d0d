import { createPrivateKey, X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSelfSignedCertificate } from "../../../../src/adapters/catcher/certificate.ts";

const now = new Date("2026-05-01T12:00:00Z");

describe("the catcher's certificate", () => {
  it("names the hosts and addresses it is for, and no others", () => {
    const { certificate } = createSelfSignedCertificate(["localhost", "127.0.0.1", "::1", "2001:db8::ff:1"], now);
    const read = new X509Certificate(certificate);
    expect(read.subjectAltName).toBe(
      "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:2001:DB8:0:0:0:0:FF:1",
    );
    expect(read.checkHost("localhost")).toBe("localhost");
    expect(read.checkHost("example.com")).toBeUndefined();
    expect(read.checkIP("127.0.0.1")).toBe("127.0.0.1");
  });

  it("is signed by its own key, an authority for itself, and valid around now", () => {
    const { certificate, key } = createSelfSignedCertificate(["localhost"], now);
    const read = new X509Certificate(certificate);
    expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(read.verify(read.publicKey)).toBe(true);
    expect(read.ca).toBe(true);
    expect(new Date(read.validFrom).getTime()).toBe(now.getTime() - 3_600_000);
    expect(new Date(read.validTo).getTime()).toBe(now.getTime() + 30 * 86_400_000);
  });

  it("has a serial of its own each time", () => {
    const serials = Array.from(
      { length: 50 },
      () => new X509Certificate(createSelfSignedCertificate(["a"], now).certificate).serialNumber,
    );
    expect(new Set(serials).size).toBe(50);
  });
});
