/** What the API is, for people's tools. The paths of Mailpit's API, version 1, are described as this catcher answers them. */

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: "string" };
const whole: Schema = { type: "integer", minimum: 0 };
const list = (items: Schema): Schema => ({ type: "array", items });
const object = (properties: Readonly<Record<string, Schema>>): Schema => ({ type: "object", properties });
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

const mailFields = {
  ID: text,
  MessageID: text,
  From: ref("Address"),
  To: list(ref("Address")),
  Cc: list(ref("Address")),
  Bcc: list(ref("Address")),
  ReplyTo: list(ref("Address")),
  Subject: text,
  Username: text,
  Tags: list(text),
  Size: whole,
};

const schemas = {
  Address: object({ Name: text, Address: text }),
  File: object({
    PartID: text,
    FileName: text,
    ContentType: text,
    ContentID: text,
    Size: whole,
    Checksums: object({ MD5: text, SHA1: text, SHA256: text }),
  }),
  MailSummary: object({
    ...mailFields,
    Read: { type: "boolean" },
    Created: { type: "string", format: "date-time" },
    Attachments: whole,
    Snippet: text,
  }),
  Mail: object({
    ...mailFields,
    ReturnPath: text,
    Date: { type: "string", format: "date-time" },
    Text: text,
    HTML: text,
    ListUnsubscribe: object({ Header: text, Links: list(text), Errors: text, HeaderPost: text }),
    Inline: list(ref("File")),
    Attachments: list(ref("File")),
  }),
  MailList: object({
    total: whole,
    unread: whole,
    count: whole,
    messages_count: whole,
    messages_unread: whole,
    start: whole,
    tags: list(text),
    messages: list(ref("MailSummary")),
  }),
  Trigger: object({ ErrorCode: whole, Probability: whole }),
  Triggers: object({ Sender: ref("Trigger"), Recipient: ref("Trigger"), Authentication: ref("Trigger") }),
  Faults: object({ rules: list(text), happened: { type: "object", additionalProperties: whole } }),
  Send: object({
    From: object({ Email: text, Name: text }),
    To: list(object({ Email: text, Name: text })),
    Cc: list(object({ Email: text, Name: text })),
    Bcc: list(text),
    ReplyTo: list(object({ Email: text, Name: text })),
    Subject: text,
    Text: text,
    HTML: text,
    Tags: list(text),
    Headers: { type: "object", additionalProperties: text },
    Attachments: list(object({ Content: text, Filename: text, ContentType: text, ContentID: text })),
  }),
};

const inQuery = (name: string, description: string, schema: Schema = text, required = false) => ({
  name,
  in: "query",
  description,
  required,
  schema,
});
const inPath = (name: string, description: string) => ({ name, in: "path", required: true, description, schema: text });

const query = inQuery("query", "Mailpit's search language, with `campaign:` and `header:Name=value`", text, true);
const zone = inQuery("tz", "IANA time zone for `before:` and `after:`");
const page = [inQuery("start", "Offset", whole), inQuery("limit", "How many, 50 unless told", whole)];
const id = inPath("id", "A mail's id, or `latest`");

const json = (schema: Schema) => ({ content: { "application/json": { schema } } });
const answers = (description: string, schema: Schema) => ({ "200": { description, ...json(schema) } });
const ok = { "200": { description: "`ok`", content: { "text/plain": { schema: text } } } };
const bytes = (description: string) => ({ "200": { description, content: { "*/*": { schema: text } } } });
const notFound = { "404": { description: "No such mail" } };
const asks = (schema: Schema) => ({ required: true, ...json(schema) });

/** OpenAPI 3.1. */
export function openApiDocument(version: string) {
  return {
    openapi: "3.1.0",
    info: {
      title: "Broadsheet catcher",
      version,
      description:
        "Mails caught on this machine. Compatible with Mailpit's API, version 1; `/api/wait` and `/api/faults` are its own.",
    },
    paths: {
      "/api/v1/messages": {
        get: { summary: "List mails, newest first", parameters: page, responses: answers("Mails", ref("MailList")) },
        put: {
          summary: "Set whether mails are read: by ids, by search, or all",
          parameters: [zone],
          requestBody: asks(object({ IDs: list(text), Search: text, Read: { type: "boolean" } })),
          responses: ok,
        },
        delete: {
          summary: "Delete mails by ids, or all",
          requestBody: json(object({ IDs: list(text) })),
          responses: ok,
        },
      },
      "/api/v1/search": {
        get: { summary: "Search", parameters: [query, zone, ...page], responses: answers("Mails", ref("MailList")) },
        delete: { summary: "Delete what a search finds", parameters: [query, zone], responses: ok },
      },
      "/api/v1/message/{id}": {
        get: {
          summary: "One mail; marks it read",
          parameters: [id],
          responses: { ...answers("The mail", ref("Mail")), ...notFound },
        },
      },
      "/api/v1/message/{id}/headers": {
        get: {
          summary: "Header fields by name",
          parameters: [id],
          responses: { ...answers("Fields", { type: "object", additionalProperties: list(text) }), ...notFound },
        },
      },
      "/api/v1/message/{id}/raw": {
        get: {
          summary: "The bytes exactly as received",
          parameters: [id, inQuery("dl", "1 to download")],
          responses: { ...bytes("RFC 5322"), ...notFound },
        },
      },
      "/api/v1/message/{id}/part/{part}": {
        get: {
          summary: "One part, decoded",
          parameters: [id, inPath("part", "As IMAP numbers them: 1.2")],
          responses: { ...bytes("The part"), ...notFound },
        },
      },
      "/api/v1/message/{id}/link-check": {
        get: {
          summary: "Links in the mail; none is asked",
          parameters: [id],
          responses: answers(
            "Links",
            object({ Errors: whole, Links: list(object({ URL: text, StatusCode: whole, Status: text })) }),
          ),
        },
      },
      "/api/v1/send": {
        post: {
          summary: "Put a mail into the catch",
          requestBody: asks(ref("Send")),
          responses: answers("Its id", object({ ID: text })),
        },
      },
      "/api/v1/tags": {
        get: { summary: "All tags", responses: answers("Tags", list(text)) },
        put: {
          summary: "Set the tags of mails",
          requestBody: asks(object({ IDs: list(text), Tags: list(text) })),
          responses: ok,
        },
      },
      "/api/v1/tags/{tag}": {
        put: {
          summary: "Rename a tag",
          parameters: [inPath("tag", "The tag")],
          requestBody: asks(object({ Name: text })),
          responses: ok,
        },
        delete: { summary: "Take a tag off all mails", parameters: [inPath("tag", "The tag")], responses: ok },
      },
      "/api/v1/info": { get: { summary: "Counts and uptime", responses: answers("Information", { type: "object" }) } },
      "/api/v1/webui": { get: { summary: "What is switched on", responses: answers("Settings", { type: "object" }) } },
      "/api/v1/chaos": {
        get: { summary: "Chaos triggers", responses: answers("Triggers", ref("Triggers")) },
        put: {
          summary: "Set chaos triggers; those left out are switched off",
          requestBody: asks(ref("Triggers")),
          responses: answers("Triggers", ref("Triggers")),
        },
      },
      "/api/faults": {
        get: { summary: "Fault rules, and how often each kind happened", responses: answers("Faults", ref("Faults")) },
        put: {
          summary: "Replace all fault rules",
          requestBody: asks(object({ rules: list(text) })),
          responses: {
            ...answers("Faults", ref("Faults")),
            "400": { description: "A rule that can't be used, in words" },
          },
        },
      },
      "/api/wait": {
        get: {
          summary: "Wait until mails fit a search",
          description: "Answers at once when they are there already.",
          parameters: [
            { ...query, required: false },
            inQuery("timeout", "Milliseconds, 5000 unless told, 120000 at most", whole),
            inQuery("count", "How many must fit, 1 unless told", whole),
            inQuery("after", "Only mails with a higher sequence: the number an id begins with", whole),
            zone,
          ],
          responses: {
            ...answers("The mails that fit", ref("MailList")),
            "404": { description: "Not within the time" },
          },
        },
      },
      "/view/{id}.html": {
        get: { summary: "The HTML part, safe to open", parameters: [id], responses: { ...bytes("HTML"), ...notFound } },
      },
      "/view/{id}.txt": {
        get: { summary: "The text part", parameters: [id], responses: { ...bytes("Text"), ...notFound } },
      },
    },
    components: { schemas },
  };
}
