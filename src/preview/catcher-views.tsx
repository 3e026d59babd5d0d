import type { CaughtMail, MailContent, MailPart } from "../domain/caught-mail.ts";
import { Badge, Notice } from "../ui/badge.tsx";
import { formatBytes, formatMany } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";
import { frameSandbox } from "./catcher-frame.ts";
import { explainField } from "./catcher-fields.ts";
import { mailHref, type Place, writeQuery } from "./catcher-links.ts";

/** Full width, a phone's, and that of a mail's column with its ground. */
export const frameWidths = { "": "Full", "375": "375 px", "680": "680 px" } as const;
/** As this browser has it, or as a reader has it who prefers the other: a frame takes over its element's scheme. */
export const frameSchemes = { "": "Auto", light: "Light", dark: "Dark" } as const;

export interface FrameProps {
  readonly mail: CaughtMail;
  readonly place: Place;
  readonly width: keyof typeof frameWidths;
  readonly scheme: keyof typeof frameSchemes;
  readonly withRemote: boolean;
  /** How many remote things the mail would load. */
  readonly remote: number;
}

/** The HTML part, framed: nothing in it can run, and nothing remote loads unless asked for. */
export function HtmlView(props: FrameProps) {
  const { mail, place, width, scheme, withRemote, remote } = props;
  const href = (more: Record<string, string>) =>
    mailHref(mail.id, place, { view: "html", width, scheme, ...(withRemote ? { remote: "1" } : {}), ...more });
  return (
    <div class="view">
      <div class="view-frame">
        <div class="view-bar">
          <div class="row">
            <Switch label="Width" values={frameWidths} current={width} hrefOf={(value) => href({ width: value })} />
            <Switch
              label="Colours"
              values={frameSchemes}
              current={scheme}
              hrefOf={(value) => href({ scheme: value })}
            />
          </div>
          <RemoteSwitch remote={remote} withRemote={withRemote} on={href({ remote: "1" })} off={href({ remote: "" })} />
        </div>
        <div class="stage" tabindex={0} role="group" aria-label="The mail at this width">
          <iframe
            title="The mail's HTML"
            sandbox={frameSandbox}
            src={`/mail/${mail.id}/frame${writeQuery({ remote: withRemote ? "1" : "" })}`}
            data-width={width === "" ? undefined : width}
            data-scheme={scheme === "" ? undefined : scheme}
          ></iframe>
        </div>
      </div>
    </div>
  );
}

function Switch(props: {
  readonly label: string;
  readonly values: Readonly<Record<string, string>>;
  readonly current: string;
  readonly hrefOf: (value: string) => string;
}) {
  return (
    <nav class="switch" aria-label={props.label}>
      {Object.entries(props.values)
        .toSorted(([first], [second]) => Number(first !== "") - Number(second !== ""))
        .map(([value, words]) => (
          <a href={props.hrefOf(value)} aria-current={props.current === value ? "true" : undefined}>
            {words}
          </a>
        ))}
    </nav>
  );
}

function RemoteSwitch(props: {
  readonly remote: number;
  readonly withRemote: boolean;
  readonly on: string;
  readonly off: string;
}) {
  if (props.remote === 0) return <span>Nothing remote in it</span>;
  if (props.withRemote) {
    return (
      <span class="row">
        <Badge state="warn">remote content shown</Badge>
        <a href={props.off}>Hide</a>
      </span>
    );
  }
  return (
    <span class="row">
      <span>{formatMany(props.remote, "remote picture or style", "remote pictures and styles")} not loaded</span>
      <a href={props.on} id="act-remote">
        Load
      </a>
    </span>
  );
}

export function TextView({ content }: { readonly content: MailContent }) {
  return (
    <div class="view" tabindex={0}>
      <div class="view-inner">
        {content.text === null ? (
          <Notice state="warn">
            This mail has no text part. Readers without HTML, and some filters, will miss it.
          </Notice>
        ) : (
          <pre class="plain">{linkText(content.text)}</pre>
        )}
      </div>
    </div>
  );
}

/** Addresses as links; all else as it is. */
function linkText(text: string) {
  return text.split(/(https?:\/\/[^\s<>"']{1,2000}[^\s<>"'.,;:!?)\]])/g).map((piece, index) =>
    index % 2 === 0 ? (
      piece
    ) : (
      <a href={piece} target="_blank" rel="noreferrer noopener">
        {piece}
      </a>
    ),
  );
}

export function HeadersView({ content }: { readonly content: MailContent }) {
  return (
    <div class="view" tabindex={0}>
      <div class="view-inner">
        <table class="fields">
          <thead class="visually-hidden">
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            {content.fields.map(({ name, value }) => (
              <tr>
                <th scope="row">{name}</th>
                <td>
                  {value}
                  <FieldNote name={name} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function FieldNote({ name }: { readonly name: string }) {
  const note = explainField(name);
  return note === undefined ? null : <span class="why">{note}</span>;
}

export function PartsView({ mail, content }: { readonly mail: CaughtMail; readonly content: MailContent }) {
  return (
    <div class="view" tabindex={0}>
      <div class="view-inner">
        <ul class="tree">
          <Part mail={mail} part={content.root} />
        </ul>
      </div>
    </div>
  );
}

function Part({ mail, part }: { readonly mail: CaughtMail; readonly part: MailPart }) {
  const isLeaf = part.parts.length === 0;
  return (
    <li>
      <div class="part">
        <Icon name={iconOf(part)} />
        <strong>{part.type}</strong>
        {part.fileName !== null ? <span>{part.fileName}</span> : null}
        <span class="muted small numbers">{formatBytes(part.sizeBytes)}</span>
        {isLeaf ? <span class="muted small">{part.encoding}</span> : null}
        {part.charset !== null ? <span class="muted small">{part.charset}</span> : null}
        {part.disposition !== null ? <Badge>{part.disposition}</Badge> : null}
        {part.contentId !== null ? <code class="small muted">cid:{part.contentId}</code> : null}
        {isLeaf ? (
          <a
            href={`/mail/${mail.id}/part/${part.id}`}
            download={true}
            aria-label={`Download part ${part.id}, ${part.type}`}
          >
            Download
          </a>
        ) : null}
      </div>
      {isLeaf ? null : (
        <ul>
          {part.parts.map((inner) => (
            <Part mail={mail} part={inner} />
          ))}
        </ul>
      )}
    </li>
  );
}

function iconOf(part: MailPart): "picture" | "file" | "mail" {
  if (part.type.startsWith("image/")) return "picture";
  return part.disposition === "attachment" || part.fileName !== null ? "file" : "mail";
}

/** More than this is downloaded, not shown. */
const rawShownMax = 512 * 1024;

export function RawView({ mail, raw }: { readonly mail: CaughtMail; readonly raw: Buffer }) {
  return (
    <div class="view" tabindex={0}>
      <div class="view-inner">
        {raw.length > rawShownMax ? (
          <Notice>
            The first {formatBytes(rawShownMax)} of {formatBytes(raw.length)}.{" "}
            <a href={`/mail/${mail.id}/raw`} download={true}>
              Download all of it
            </a>
          </Notice>
        ) : null}
        <pre class="code raw" tabindex={0}>
          {raw.toString("utf8", 0, rawShownMax)}
        </pre>
      </div>
    </div>
  );
}
