import type { MailPart } from "../domain/caught-mail.ts";
import { Badge, Notice } from "../ui/badge.tsx";
import { formatBytes, formatCount, formatMany } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";
import { Table } from "../ui/table.tsx";
import { explainField } from "./catcher-fields.ts";
import { frameSandbox } from "./preview-frame.ts";
import type { PreviewModel } from "./preview-model.ts";
import { readOutline, type OutlineItem } from "./preview-outline.ts";
import { hrefOf, schemes, widths, type Scheme } from "./preview-query.ts";

/** Gmail shows no more than this of the HTML (102 KB, counted before its transfer encoding). */
export const clipBytes = 102_400;

export function Panel({ model }: { readonly model: PreviewModel }) {
  const { mail, query } = model;
  if (!mail) return <div class="view" tabindex={0}></div>;
  switch (query.view) {
    case "mail":
      return <MailView model={model} />;
    case "text":
      return (
        <Scroll>
          <pre class="plain">{mail.content.text ?? ""}</pre>
        </Scroll>
      );
    case "outline":
      return <OutlineView html={mail.content.html ?? ""} />;
    case "source":
      return (
        <Scroll>
          <pre class="code raw" tabindex={0} aria-label="HTML source">
            {mail.content.html ?? ""}
          </pre>
        </Scroll>
      );
    case "headers":
      return <HeadersView model={model} />;
    case "parts":
      return (
        <Scroll>
          <ul class="tree">
            <Part part={mail.content.root} />
          </ul>
        </Scroll>
      );
    case "raw":
      return <RawView model={model} />;
    case "weight":
      return <WeightView model={model} />;
    case "diff":
      return <DiffView model={model} />;
    case "checks":
      return <ChecksView model={model} />;
  }
}

function Scroll({ children }: { readonly children?: unknown }) {
  return (
    <div class="view" tabindex={0}>
      <div class="view-inner">{children as never}</div>
    </div>
  );
}

const schemeNames: Readonly<Record<Scheme, string>> = { light: "Light", dark: "Dark", forced: "Forced dark" };

function MailView({ model: { query, revision } }: { readonly model: PreviewModel }) {
  return (
    <div class="view-frame">
      <div class="view-bar">
        <nav class="switch" aria-label="Width">
          {widths.map((width) => (
            <a
              href={hrefOf(query, { width })}
              data-width={width}
              aria-current={query.width === width ? "true" : undefined}
            >
              {width === "free" ? "Free" : `${width} px`}
            </a>
          ))}
        </nav>
        <nav class="switch" aria-label="Light and dark">
          {schemes.map((scheme) => (
            <a
              href={hrefOf(query, { scheme })}
              data-scheme={scheme}
              aria-current={query.scheme === scheme ? "true" : undefined}
            >
              {schemeNames[scheme]}
            </a>
          ))}
        </nav>
        <nav class="switch" aria-label="Pictures">
          {[true, false].map((pictures) => (
            <a
              href={hrefOf(query, { pictures })}
              data-pictures={pictures ? "on" : "off"}
              aria-current={query.pictures === pictures ? "true" : undefined}
            >
              {pictures ? "Pictures" : "No pictures"}
            </a>
          ))}
        </nav>
      </div>
      <div
        class="stage"
        id="stage"
        tabindex={0}
        role="group"
        aria-label="The mail at this width"
        data-width={query.width}
        data-scheme={query.scheme}
      >
        <iframe
          title="The mail"
          sandbox={frameSandbox}
          src={`${hrefOf(query, {}, "/frame")}&revision=${revision}`}
        ></iframe>
      </div>
    </div>
  );
}

function OutlineView({ html }: { readonly html: string }) {
  const { lang, title, items } = readOutline(html);
  return (
    <Scroll>
      <p class="muted small">
        What a screen reader meets, in this order. Language: <strong>{lang ?? "none given"}</strong>. Title:{" "}
        <strong>{title || "none"}</strong>.
      </p>
      <ol class="outline">
        {items.map((item) => (
          <li data-kind={item.kind} style={undefined} data-level={item.kind === "heading" ? item.level : undefined}>
            <span class="kind">{nameItem(item)}</span>
            <span>
              {item.text}
              {item.kind === "link" ? <span class="muted small to"> {item.href}</span> : null}
            </span>
          </li>
        ))}
      </ol>
    </Scroll>
  );
}

function nameItem(item: OutlineItem): string {
  return item.kind === "heading" ? `heading ${item.level}` : item.kind;
}

function HeadersView({ model: { mail } }: { readonly model: PreviewModel }) {
  return (
    <Scroll>
      <table class="fields">
        <thead class="visually-hidden">
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {(mail?.content.fields ?? []).map(({ name, value }) => (
            <tr>
              <th scope="row">{name}</th>
              <td>
                {value}
                {explainField(name) === undefined ? null : <span class="why">{explainField(name)}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Part({ part }: { readonly part: MailPart }) {
  return (
    <li>
      <div class="part">
        <Icon name={part.type.startsWith("image/") ? "picture" : "mail"} />
        <strong>{part.type}</strong>
        <span class="muted small numbers">{formatBytes(part.sizeBytes)}</span>
        {part.parts.length === 0 ? <span class="muted small">{part.encoding}</span> : null}
        {part.charset === null ? null : <span class="muted small">{part.charset}</span>}
        <span class="muted small">part {part.id}</span>
      </div>
      {part.parts.length === 0 ? null : (
        <ul>
          {part.parts.map((inner) => (
            <Part part={inner} />
          ))}
        </ul>
      )}
    </li>
  );
}

/** More than this is downloaded, not shown. */
const rawShownMax = 512 * 1024;

function RawView({ model: { mail, query } }: { readonly model: PreviewModel }) {
  const bytes = mail?.message.bytes ?? Buffer.alloc(0);
  return (
    <Scroll>
      <p class="row small">
        <span class="muted">The exact bytes that would go out, {formatBytes(bytes.length)}.</span>
        <a href={hrefOf(query, {}, "/raw")} download="message.eml">
          Download message.eml
        </a>
      </p>
      <pre class="code raw" tabindex={0} aria-label="Raw message">
        {bytes.toString("utf8", 0, rawShownMax)}
      </pre>
    </Scroll>
  );
}

function WeightView({ model: { mail, weights } }: { readonly model: PreviewModel }) {
  const bytes = Buffer.byteLength(mail?.content.html ?? "");
  return (
    <Scroll>
      <p>
        The HTML has <strong class="numbers">{formatCount(bytes)} bytes</strong>. Gmail counts it as it is before its
        transfer encoding, with links and styles, without pictures, and cuts at {formatCount(clipBytes)}: what follows,
        with the link to leave, hides behind “View entire message”.
      </p>
      <Table label="Blocks by weight" columns={["Block", "Line", "Without it, less", "Share"]}>
        {(weights ?? []).map((weight) => (
          <tr>
            <td>
              {weight.type} {weight.title === "" ? null : <span class="muted">{weight.title}</span>}
            </td>
            <td class="numbers">{weight.line}</td>
            <td class="numbers">{formatBytes(Math.max(0, weight.bytes))}</td>
            <td class="numbers">{Math.round((100 * Math.max(0, weight.bytes)) / Math.max(1, bytes))} %</td>
          </tr>
        ))}
      </Table>
    </Scroll>
  );
}

function DiffView({ model: { diff } }: { readonly model: PreviewModel }) {
  if (!diff) {
    return (
      <Scroll>
        <p class="muted">There is no earlier issue of this template to compare with.</p>
      </Scroll>
    );
  }
  return (
    <Scroll>
      <p class="muted small">
        The text parts of <strong>{diff.before}</strong> (−) and of this issue (+), as the same reader.
      </p>
      <pre class="diff" tabindex={0} aria-label="Difference to the last issue">
        {diff.lines.map(({ kind, text }) => (
          <span data-kind={kind}>{`${kind === "gone" ? "−" : kind === "new" ? "+" : " "} ${text}\n`}</span>
        ))}
      </pre>
    </Scroll>
  );
}

function ChecksView({ model: { mail } }: { readonly model: PreviewModel }) {
  const findings = mail?.findings ?? [];
  return (
    <Scroll>
      {findings.length === 0 ? (
        <Notice state="good">Nothing to say about this issue.</Notice>
      ) : (
        <p class="muted small">{formatMany(findings.length, "finding")}, the same that broadsheet check reports.</p>
      )}
      <ul class="findings">
        {findings.map((finding) => (
          <li>
            <Badge state={finding.severity === "error" ? "bad" : finding.severity === "warning" ? "warn" : "accent"}>
              {finding.severity}
            </Badge>
            <div>
              <p>{finding.message}</p>
              <p class="muted small">{finding.mend}</p>
              <p class="muted small">
                <code>
                  line {finding.place.line ?? 1}, {finding.rule}
                </code>
              </p>
            </div>
          </li>
        ))}
      </ul>
    </Scroll>
  );
}
