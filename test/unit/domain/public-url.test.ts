import { describe, expect, test } from "vitest";
import { isPublicUrlReachableByOutsiders } from "../../../src/domain/public-url.ts";

describe("a PUBLIC_URL", () => {
  test.each([
    "https://news.example.com",
    "https://news.example.com:8443/mail",
    "https://xn--bcher-kva.example.org/",
    "https://8.8.8.8/",
    "https://[2606:4700::1111]/",
    "https://172.32.0.1",
  ])("%s can be opened by anyone", (url) => {
    expect(isPublicUrlReachableByOutsiders(url)).toEqual({ reachable: true });
  });

  test.each([
    ["http://news.example.com", /https/],
    ["http://localhost:8080", /localhost/],
    ["https://localhost", /localhost/],
    ["https://mail.localhost.", /localhost/],
    ["https://127.0.0.1", /private/],
    ["https://127.1", /private/],
    ["https://0x7f.0.0.1", /private/],
    ["https://2130706433/", /private/],
    ["https://0.0.0.0:3000", /private/],
    ["https://10.1.2.3", /private/],
    ["https://172.31.255.255", /private/],
    ["https://192.168.1.10", /private/],
    ["https://169.254.169.254", /private/],
    ["https://100.64.0.1", /private/],
    ["https://[::1]:8080", /private/],
    ["https://[::ffff:10.0.0.1]", /private/],
    ["https://[fd12::1]", /private/],
    ["https://[fe80::1]", /private/],
    ["https://mailhost", /no domain/],
    ["https://printer.local", /\.local/],
    ["https://wiki.corp", /\.corp/],
    ["https://news.test", /\.test/],
    ["ftp://news.example.com", /https/],
    ["news.example.com", /valid URL/],
    ["", /valid URL/],
  ])("%s can't be opened from outside, and it is said why", (url, reason) => {
    const reach = isPublicUrlReachableByOutsiders(url);
    expect(reach).toMatchObject({ reachable: false, reason: expect.stringMatching(reason) });
  });
});
