import type { PreviewReader } from "../app/preview-reader.ts";

export const views = [
  "mail",
  "text",
  "outline",
  "source",
  "headers",
  "parts",
  "raw",
  "weight",
  "diff",
  "checks",
] as const;
export type View = (typeof views)[number];
export const widths = ["375", "680", "free"] as const;
export const schemes = ["light", "dark", "forced"] as const;
export type Scheme = (typeof schemes)[number];

/** All that the page shows, as it stands in its address: every view can be sent to a colleague. */
export interface PreviewQuery {
  /** Which issue, as `IssueFile.key` names it. */
  readonly issue: string;
  readonly view: View;
  readonly width: (typeof widths)[number];
  readonly scheme: Scheme;
  readonly pictures: boolean;
  readonly reader: PreviewReader;
}

/** Values beyond this are no names of readers. */
const valueCharactersMax = 500;
const valuesMax = 100;

export function readQuery(url: URL): PreviewQuery {
  const get = (name: string): string => (url.searchParams.get(name) ?? "").slice(0, valueCharactersMax).trim();
  const values: Record<string, string> = {};
  for (const [name, value] of [...url.searchParams].slice(0, valuesMax))
    if (name.startsWith("a.")) values[name.slice(2)] = value.slice(0, valueCharactersMax).trim();
  return {
    issue: get("issue"),
    view: oneOf(views, get("view"), "mail"),
    width: oneOf(widths, get("width"), "free"),
    scheme: oneOf(schemes, get("scheme"), "light"),
    pictures: get("pictures") !== "off",
    reader: { address: get("as"), values, lang: get("lang"), zone: get("zone"), variant: get("variant") },
  };
}

/** The address of a view. @param change what differs from `query` */
export function hrefOf(query: PreviewQuery, change: Partial<PreviewQuery> = {}, path = "/"): string {
  const { issue, view, width, scheme, pictures, reader } = { ...query, ...change };
  const parameters = new URLSearchParams();
  const set = (name: string, value: string, usual = ""): void => void (value !== usual && parameters.set(name, value));
  set("issue", issue);
  set("view", view, "mail");
  set("width", width, "free");
  set("scheme", scheme, "light");
  set("pictures", pictures ? "on" : "off", "on");
  set("as", reader.address);
  set("lang", reader.lang);
  set("zone", reader.zone);
  set("variant", reader.variant);
  for (const [name, value] of Object.entries(reader.values)) parameters.set(`a.${name}`, value);
  const text = parameters.toString();
  return text === "" ? path : `${path}?${text}`;
}

function oneOf<Value extends string>(allowed: readonly Value[], text: string, otherwise: Value): Value {
  return allowed.find((value) => value === text) ?? otherwise;
}
