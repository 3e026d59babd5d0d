import type { Child } from "hono/jsx";
import type { CaughtMail, MailContent, MailPart } from "../domain/caught-mail.ts";
import { Badge } from "../ui/badge.tsx";
import { ActionButton } from "../ui/button.tsx";
import { formatBytes } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";
import { type Tab, Tabs } from "../ui/tabs.tsx";
import { listHref, mailHref, type Place, writeQuery } from "./catcher-links.ts";
import { formatMoment } from "./catcher-time.tsx";

export const mailViews = ["html", "text", "headers", "parts", "raw", "checks"] as const;
export type MailView = (typeof mailViews)[number];

export interface MailProps {
  readonly mail: CaughtMail;
  readonly content: MailContent;
  readonly place: Place;
  readonly view: MailView;
  readonly children?: Child;
}

/** The mail pane: who, what and when, then one of the views. */
export function MailPane(props: MailProps) {
  const { mail, content, place } = props;
  const back = writeQuery({ q: place.query, start: place.start });
  return (
    <section class="mail" id="mail" aria-label="Mail">
      <header class="mail-head">
        <div class="mail-top">
          <h1>{mail.subject || "(no subject)"}</h1>
          <div class="mail-acts">
            <a class="button back" data-kind="quiet" href={listHref(place)}>
              <Icon name="back" />
              All mails
            </a>
            <ActionButton
              kind="quiet"
              icon="unread"
              id="act-unread"
              action={`/mail/${mail.id}/unread${back}`}
              label="Mark as unread"
            />
            <a
              class="button"
              data-kind="quiet"
              href={`/mail/${mail.id}/raw`}
              download={true}
              aria-label="Download as a file"
            >
              <Icon name="download" />
            </a>
            <ActionButton
              kind="quiet"
              icon="trash"
              id="act-delete"
              action={`/mail/${mail.id}/delete${back}`}
              label="Delete"
            />
          </div>
        </div>
        <div class="mail-people">
          <People label="From" names={mail.from.map(writePerson)} fallback={mail.envelope.from || "(null sender)"} />
          <People
            label="To"
            names={mail.to.map(writePerson)}
            fallback={mail.envelope.to.map(({ address }) => address).join(", ")}
          />
          {mail.cc.length > 0 ? <People label="Cc" names={mail.cc.map(writePerson)} fallback="" /> : null}
        </div>
        <div class="row small muted">
          <time class="numbers" datetime={mail.arrivedAt.toISOString()}>
            {formatMoment(mail.arrivedAt)}
          </time>
          <span class="numbers">{formatBytes(mail.sizeBytes)}</span>
          {mail.campaign !== "" ? (
            <Badge state="accent" href={listHref({ query: `campaign:${mail.campaign}`, start: 0 })}>
              {mail.campaign}
            </Badge>
          ) : null}
          {mail.tags.map((tag) => (
            <Badge href={listHref({ query: `tag:"${tag}"`, start: 0 })}>{tag}</Badge>
          ))}
        </div>
      </header>
      <Tabs label="Views of this mail" tabs={listTabs(mail, content, place)} current={props.view} />
      {props.children}
    </section>
  );
}

function listTabs(mail: CaughtMail, content: MailContent, place: Place): Tab[] {
  const href = (view: MailView) => mailHref(mail.id, place, { view });
  return [
    { id: "html", title: "HTML", href: href("html") },
    { id: "text", title: "Text", href: href("text") },
    { id: "headers", title: "Headers", href: href("headers"), count: content.fields.length },
    { id: "parts", title: "Parts", href: href("parts"), count: countParts(content.root) },
    { id: "raw", title: "Raw", href: href("raw") },
    { id: "checks", title: "Checks", href: href("checks") },
  ];
}

function countParts(part: MailPart): number {
  return 1 + part.parts.reduce((sum, inner) => sum + countParts(inner), 0);
}

function writePerson({ name, address }: { readonly name: string; readonly address: string }): string {
  return name === "" ? address : `${name} <${address}>`;
}

function People(props: { readonly label: string; readonly names: readonly string[]; readonly fallback: string }) {
  return (
    <span>
      {props.label} <b>{props.names.length > 0 ? props.names.join(", ") : props.fallback}</b>
    </span>
  );
}
