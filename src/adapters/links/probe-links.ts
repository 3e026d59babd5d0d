/** Whether the links of an issue answer. Nothing private is asked, whatever a name resolves to or a page redirects to. */
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { messageOf } from "../../lib/errors.ts";
import { isPublicAddress } from "../../lib/public-address.ts";
import {
  createPublicLookup,
  PrivateAddressError,
  refusePrivateHost,
  type AddressRule,
} from "../../lib/public-lookup.ts";

export interface LinkVerdict {
  readonly href: string;
  readonly state: "alive" | "dead" | "unsure";
  readonly detail: string;
}

export interface ProbeOptions {
  readonly isAllowed?: AddressRule;
}

const redirectsMax = 5;
/** One answer; slow pages are no dead ones, but nobody waits longer. */
const answerMsMax = 10_000;
/** Hosts asked at once, each with one request at a time. */
const hostsAtOnce = 8;
const linksMax = 500;

export async function probeLinks(
  hrefs: readonly string[],
  options: ProbeOptions = {},
): Promise<readonly LinkVerdict[]> {
  const isAllowed = options.isAllowed ?? isPublicAddress;
  const byHost = new Map<string, string[]>();
  for (const href of [...new Set(hrefs)].filter((link) => /^https?:/i.test(link)).slice(0, linksMax)) {
    const host = URL.canParse(href) ? new URL(href).host : "";
    byHost.set(host, [...(byHost.get(host) ?? []), href]);
  }
  const verdicts: LinkVerdict[] = [];
  const waiting = [...byHost.values()];
  const work = async (): Promise<void> => {
    for (let links = waiting.shift(); links; links = waiting.shift())
      for (const href of links) verdicts.push(await probeLink(href, isAllowed));
  };
  await Promise.all(Array.from({ length: hostsAtOnce }, work));
  return verdicts;
}

async function probeLink(href: string, isAllowed: AddressRule): Promise<LinkVerdict> {
  let url = href;
  try {
    for (let hop = 0; hop <= redirectsMax; hop += 1) {
      let answer = await ask(url, "HEAD", isAllowed);
      // Many servers know no HEAD, or answer it otherwise.
      if (answer.status >= 400) answer = await ask(url, "GET", isAllowed);
      const { status, location } = answer;
      if (status >= 300 && status < 400 && location !== undefined) {
        url = new URL(location, url).href;
        continue;
      }
      // Pages for people who logged in, or that keep programs out, are there.
      if (status === 401 || status === 403 || status === 429 || status >= 500)
        return { href, state: "unsure", detail: `it answers ${status}` };
      if (status >= 400) return { href, state: "dead", detail: `it answers ${status}` };
      return { href, state: "alive", detail: String(status) };
    }
    return { href, state: "dead", detail: `it redirects more than ${redirectsMax} times` };
  } catch (error) {
    if (error instanceof PrivateAddressError) return { href, state: "unsure", detail: error.message };
    const isGone = ["ENOTFOUND", "ECONNREFUSED"].includes((error as NodeJS.ErrnoException).code ?? "");
    return { href, state: isGone ? "dead" : "unsure", detail: messageOf(error) };
  }
}

function ask(
  href: string,
  method: "HEAD" | "GET",
  isAllowed: AddressRule,
): Promise<{ status: number; location: string | undefined }> {
  const url = new URL(href);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new PrivateAddressError(`it leads to ${url.protocol}, which is not asked`);
  refusePrivateHost(url, isAllowed);
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const request = send(
      url,
      {
        method,
        lookup: createPublicLookup(isAllowed),
        agent: false,
        headers: { "User-Agent": "Broadsheet link check", Accept: "*/*" },
      },
      (response) => {
        resolve({ status: response.statusCode ?? 0, location: response.headers.location });
        response.destroy();
      },
    );
    const timer = setTimeout(() => request.destroy(new Error("it does not answer in time")), answerMsMax);
    request.on("error", reject).on("close", () => clearTimeout(timer));
    request.end();
  });
}
