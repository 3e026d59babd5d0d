import { clipBytes } from "./preview-views.tsx";
import { inventedAddress } from "../app/preview-reader.ts";
import { Badge, Notice } from "../ui/badge.tsx";
import { SubmitButton } from "../ui/button.tsx";
import { formatCount } from "../ui/format.ts";
import type { PreviewModel } from "./preview-model.ts";
import { hrefOf, type PreviewQuery } from "./preview-query.ts";
import { describeAudience } from "./preview-audience.ts";

/** Whose mail, which variant, how heavy, and a test of it. */
export function Controls({ model }: { readonly model: PreviewModel }) {
  return (
    <aside class="controls" id="controls" aria-label="Reader, variant and test">
      <ReaderForm model={model} />
      <Variants model={model} />
      <Weight model={model} />
      <TestForm model={model} />
    </aside>
  );
}

/** What the form doesn't ask for stays as it is. */
function Kept({ query, names }: { readonly query: PreviewQuery; readonly names: readonly string[] }) {
  const parameters = [...new URL(hrefOf(query), "http://preview").searchParams];
  return (
    <>
      {parameters
        .filter(([name]) => names.includes(name))
        .map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
    </>
  );
}

function ReaderForm({ model: { query, mail } }: { readonly model: PreviewModel }) {
  const fields = (mail?.fields ?? Object.keys(query.reader.values)).filter(
    (field) => !["address", "lang", "zone"].includes(field),
  );
  const fallbacks = mail ? fallbacksOf(mail.digest.variants.get(mail.variant)) : new Map<string, string | null>();
  return (
    <form class="section" method="get" action="/" id="reader">
      <Kept query={query} names={["issue", "view", "width", "scheme", "pictures", "variant"]} />
      <div class="row between">
        <h2>Reader</h2>
        {mail ? (
          <Badge state={mail.isKnown ? "good" : "neutral"}>{mail.isKnown ? "subscriber" : "invented"}</Badge>
        ) : null}
      </div>
      <label>
        Address
        <input
          class="input"
          name="as"
          type="email"
          value={query.reader.address}
          placeholder={inventedAddress}
          autocomplete="off"
          spellcheck={false}
        />
      </label>
      {fields.map((field) => (
        <label>
          <span>
            {field} <span class="muted">{noteOf(fallbacks.get(field))}</span>
          </span>
          <input
            class="input"
            name={`a.${field}`}
            value={query.reader.values[field] ?? mail?.reader.attributes[field] ?? ""}
            placeholder="missing"
            autocomplete="off"
          />
        </label>
      ))}
      <div class="pair">
        <label>
          Language
          <input
            class="input"
            name="lang"
            value={query.reader.lang || (mail?.reader.lang ?? "")}
            placeholder="unknown"
            autocomplete="off"
          />
        </label>
        <label>
          Time zone
          <input
            class="input"
            name="zone"
            value={query.reader.zone || (mail?.reader.zone ?? "")}
            placeholder="unknown"
            autocomplete="off"
          />
        </label>
      </div>
      <div class="row">
        <SubmitButton>Show</SubmitButton>
        <a
          href={hrefOf(query, {
            reader: { address: "", values: {}, lang: "", zone: "", variant: query.reader.variant },
          })}
        >
          Nobody known
        </a>
      </div>
    </form>
  );
}

function noteOf(fallback: string | null | undefined): string {
  if (fallback === undefined) return "";
  return fallback === null ? "no fallback: skipped when missing" : `else “${fallback}”`;
}

function fallbacksOf(
  variant:
    | {
        readonly text: { readonly source: SlotHolder };
        readonly html: { readonly source: SlotHolder };
        readonly subject: SlotHolder;
      }
    | undefined,
): Map<string, string | null> {
  const found = new Map<string, string | null>();
  for (const { slots } of variant ? [variant.subject, variant.text.source, variant.html.source] : [])
    for (const { name, fallback } of slots)
      if (name.startsWith("subscriber.")) found.set(name.slice("subscriber.".length), fallback);
  return found;
}

interface SlotHolder {
  readonly slots: readonly { readonly name: string; readonly fallback: string | null }[];
}

/** Combinations listed at once; more are reached by their address. */
const variantsShown = 16;

function Variants({ model: { query, mail } }: { readonly model: PreviewModel }) {
  if (!mail || mail.digest.audiences.length === 0) return null;
  const { audiences } = mail.digest;
  const keys = Array.from({ length: Math.min(2 ** audiences.length, variantsShown) }, (_, index) =>
    index.toString(2).padStart(audiences.length, "0"),
  );
  const own = (variant: string) => hrefOf(query, { reader: { ...query.reader, variant } });
  return (
    <nav class="section" aria-label="Variants">
      <h2>Variant</h2>
      <ol class="audiences small">
        {audiences.map((audience) => (
          <li>
            <code>{describeAudience(audience)}</code>
          </li>
        ))}
      </ol>
      <div class="choices">
        <a href={own("")} aria-current={query.reader.variant === "" ? "true" : undefined} data-variant="">
          The reader’s own
        </a>
        {keys.map((key) => (
          <a
            href={own(key)}
            data-variant={key}
            aria-current={query.reader.variant === key ? "true" : undefined}
            aria-label={`Variant ${key}: ${nameVariant(key)}`}
          >
            {key}
          </a>
        ))}
      </div>
      <p class="muted small">Shown: {nameVariant(mail.variant)}.</p>
    </nav>
  );
}

function nameVariant(key: string): string {
  const belongs = [...key].flatMap((bit, index) => (bit === "1" ? [String(index + 1)] : []));
  return belongs.length === 0 ? "belongs to none of them" : `belongs to ${belongs.join(", ")}`;
}

function Weight({ model: { query, mail } }: { readonly model: PreviewModel }) {
  if (!mail) return null;
  const bytes = Buffer.byteLength(mail.content.html ?? "");
  return (
    <section class="section" aria-labelledby="weight-title">
      <div class="row between">
        <h2 id="weight-title">Weight</h2>
        <a class="small" href={hrefOf(query, { view: "weight" })}>
          Heaviest blocks
        </a>
      </div>
      <meter
        aria-labelledby="weight-title"
        min={0}
        max={clipBytes}
        low={clipBytes * 0.75}
        high={clipBytes * 0.9}
        optimum={0}
        value={Math.min(bytes, clipBytes)}
      ></meter>
      <p class="small">
        <span class="numbers">{formatCount(bytes)}</span> of the {formatCount(clipBytes)} bytes that Gmail shows
        {bytes > clipBytes ? <Badge state="bad">cut</Badge> : null}
      </p>
    </section>
  );
}

function TestForm({ model: { query, test, inboxUrl } }: { readonly model: PreviewModel }) {
  return (
    <form class="section" method="post" action={hrefOf(query, {}, "/test")} id="test">
      <h2>Test</h2>
      <label>
        Send to
        <input
          class="input"
          name="to"
          type="email"
          required
          value={query.reader.address || inventedAddress}
          autocomplete="off"
        />
      </label>
      <div class="row">
        <SubmitButton kind="primary" icon="mail">
          Send a test
        </SubmitButton>
        <a href={inboxUrl} target="_blank" rel="noopener">
          Inbox
        </a>
      </div>
      {test ? (
        <Notice state={test.isAccepted ? "good" : "bad"} role="status">
          {test.isAccepted ? `Sent to ${test.to}.` : `Not sent: ${test.detail}`}
          {test.isAccepted ? (
            <a href={test.href} target="_blank" rel="noopener">
              See the caught copy
            </a>
          ) : null}
        </Notice>
      ) : null}
    </form>
  );
}
