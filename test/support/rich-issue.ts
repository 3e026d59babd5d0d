import type { Block, Event, Inline, Issue, PlainText, Prose } from "../../src/domain/issue.ts";
import type { Pictures, ResolvedPicture } from "../../src/domain/pictures.ts";
import type { Sender } from "../../src/domain/subscriber.ts";

/** An issue with every kind of block, for tests of templates; `changes` replaces fields. */
export function createRichIssue(changes: Partial<Issue> = {}): Issue {
  return {
    slug: "rich",
    file: "issues/rich.yaml",
    folder: "issues",
    template: "digest",
    lang: "en",
    direction: "ltr",
    subject: [...text("Three workshops and a chart, "), slot("subscriber.firstName", "dear reader")],
    preheader: text("Where to meet us in June, and what a tokenizer costs."),
    title: text("New in May"),
    edition: "No. 12",
    date: "2024-05-31",
    blocks: createBlocks(),
    silenced: [],
    ...changes,
  };
}

export const richSender: Sender = {
  listSlug: "news",
  listName: "Harbour News",
  fromName: "The harbour office",
  fromAddress: "news@example.com",
  replyTo: null,
  postalAddress: ["Harbour Office", "1 Quay Street", "Port Example"],
  listId: "news.example.com",
};

/** Pictures for every source and data block of an issue, as large as their names say: `wide-1200x600.png`. */
export function resolveEveryPicture(issue: Issue): Pictures {
  const bySource = new Map<string, ResolvedPicture>();
  for (const source of JSON.stringify(issue.blocks).matchAll(/"src":"([^"]+)"/g)) {
    bySource.set(source[1] as string, createPicture(source[1] as string));
  }
  const charts = new Map(
    issue.blocks.flatMap((block) => (block.type === "data" ? [[block, createPicture("chart.png")] as const] : [])),
  );
  return { bySource, charts };
}

export function createPicture(name: string): ResolvedPicture {
  const url = `https://news.example.com/pictures/${name}`;
  return { url, width: 520, height: 292, sizeBytes: 40_000, transparent: false, format: "png" };
}

export function text(words: string): PlainText {
  return [{ type: "text", text: words }];
}

export function slot(name: string, fallback: string | null = null) {
  return { type: "slot", name, fallback } as const;
}

export function paragraph(...children: readonly (string | Inline)[]): Prose {
  const runs = children.map((child): Inline => (typeof child === "string" ? { type: "text", text: child } : child));
  return { type: "paragraph", children: runs };
}

export function link(words: string, href: string): Inline {
  return { type: "link", href, children: [{ type: "text", text: words }] };
}

const place = { file: "issues/rich.yaml", line: 1 };

export function createEvent(index: number, changes: Partial<Event> = {}): Event {
  return {
    index,
    title: text("Production-ready async inference"),
    body: [],
    start: { date: "2024-06-06", time: "17:00", instantMs: Date.parse("2024-06-06T21:00:00Z") },
    zone: "America/New_York",
    speakers: [],
    action: { text: "Register", href: `https://example.com/events/${index}?a=1&b=2` },
    ...changes,
  };
}

function createBlocks(): readonly Block[] {
  return [
    {
      type: "text",
      place,
      body: [
        paragraph(
          "Hello ",
          slot("subscriber.firstName", "there"),
          ", this May is about ",
          link("meeting", "https://example.com/meet"),
          ".",
        ),
        paragraph(
          { type: "strong", children: text("Come by") },
          " and bring ",
          { type: "code", text: "questions" },
          ".",
        ),
        { type: "list", ordered: false, items: [[paragraph("first")], [paragraph("second")]] },
      ],
    },
    {
      type: "events",
      place,
      title: text("Join us"),
      intro: [paragraph("All month long.")],
      groups: [
        {
          place: "New York",
          note: "For Tech Week",
          events: [
            createEvent(0, { speakers: ["Ada", "Grace"], location: "Pier 57" }),
            createEvent(1, {
              title: text("A workshop"),
              start: { date: "2024-06-25", instantMs: Date.parse("2024-06-25T07:00:00Z") },
              zone: "America/Los_Angeles",
            }),
          ],
        },
      ],
    },
    {
      type: "article",
      place,
      title: text("Two planes"),
      picture: { src: "planes.png", alt: "One control plane above three workload planes" },
      body: [paragraph("The control plane is a single cluster.")],
      action: { text: "Read the overview", href: "https://example.com/planes" },
    },
    {
      type: "data",
      place,
      title: text("Tokens"),
      body: [paragraph("Fewer is better.")],
      columns: ["Model", "English", "Code"],
      rows: [
        { name: "Llama 3", values: [1203, 9.5] },
        { name: "Mistral", values: [1388, 11] },
      ],
      unit: "tokens",
      chart: "bar",
      summary: "Llama 3 needs fewer tokens than Mistral.",
      note: "The numbers are made up.",
    },
    { type: "quotation", place, text: [{ type: "text", text: "The impact is very clear." }], by: "An engineer" },
    {
      type: "links",
      place,
      title: text("Elsewhere"),
      items: [
        {
          title: text("A long read"),
          href: "https://example.org/read",
          source: "example.org",
          body: [paragraph("Worth it.")],
        },
      ],
    },
    {
      type: "picture",
      place,
      picture: { src: "team.png", alt: "The team on the quay", caption: text("Spring, by the water") },
    },
    { type: "button", place, action: { text: "Apply", href: "https://example.com/apply" } },
    { type: "divider", place },
    { type: "signoff", place, body: [paragraph("Thanks for reading,")], from: "The harbour office" },
  ];
}
