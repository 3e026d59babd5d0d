import type { CaughtMail, MailAddress, MailGlance } from "../domain/caught-mail.ts";
import { ActionButton } from "../ui/button.tsx";
import { formatBytes, formatCount, formatMany } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";
import { listHref, mailHref, type Place, writeQuery } from "./catcher-links.ts";
import { MailTime } from "./catcher-time.tsx";

export interface ListedMail {
  readonly mail: CaughtMail;
  readonly glance: MailGlance;
}

export interface ListProps {
  readonly rows: readonly ListedMail[];
  readonly place: Place;
  /** How many fit the search. */
  readonly found: number;
  readonly unread: number;
  readonly selected: string | undefined;
  readonly pageSize: number;
  readonly now: Date;
}

/** The list pane. The script puts a fresh copy of its content in place when something changed. */
export function MailList(props: ListProps) {
  const { place, selected } = props;
  const source = `/list${writeQuery({ q: place.query, start: place.start, selected: selected ?? "" })}`;
  // One h1 per page: the mail's subject where there is one.
  return (
    <section
      class="list"
      id="list"
      aria-label="Mails"
      data-source={source}
      data-home={selected === undefined ? undefined : listHref(place)}
    >
      <MailListContent {...props} />
    </section>
  );
}

export function MailListContent(props: ListProps) {
  const { rows, place, found, unread, selected } = props;
  const isSearch = place.query !== "";
  const Heading = selected === undefined ? "h1" : "h2";
  return (
    <>
      <div class="list-head">
        <Heading>
          <strong class="numbers">{formatMany(found, "mail")}</strong>
          {isSearch ? " found" : ""}
          {unread > 0 ? <span class="numbers">, {formatCount(unread)} unread</span> : null}
        </Heading>
        <div class="row">
          {isSearch ? (
            <a class="button" data-kind="quiet" href="/">
              Clear
            </a>
          ) : null}
          {unread > 0 && !isSearch ? (
            <ActionButton kind="quiet" action={`/read-all${writeQuery({ start: place.start })}`} icon="check">
              Mark all read
            </ActionButton>
          ) : null}
          {found > 0 ? (
            <ActionButton
              kind="quiet"
              icon="trash"
              label={isSearch ? `Delete the ${found} found` : "Delete all mails"}
              action={`/delete-all${writeQuery({ q: place.query })}`}
              confirm={
                isSearch ? `Delete the ${formatMany(found, "mail")} found?` : `Delete all ${formatMany(found, "mail")}?`
              }
            />
          ) : null}
        </div>
      </div>
      {/* Focusable, so that the list can be scrolled without a mouse. */}
      <div class="rows" tabindex={rows.length === 0 ? 0 : undefined}>
        {rows.length === 0 ? <NothingFound /> : null}
        <ol>
          {rows.map((row) => (
            <li>
              <Row {...row} place={place} isSelected={row.mail.id === selected} now={props.now} />
            </li>
          ))}
        </ol>
      </div>
      <Pager place={place} found={found} pageSize={props.pageSize} />
    </>
  );
}

function Row(props: ListedMail & { readonly place: Place; readonly isSelected: boolean; readonly now: Date }) {
  const { mail, glance } = props;
  return (
    <a
      id={`row-${mail.id}`}
      href={mailHref(mail.id, props.place)}
      aria-current={props.isSelected ? "page" : undefined}
      data-unread={mail.read ? undefined : ""}
    >
      <span class="who">
        {mail.read ? null : <span class="visually-hidden">Unread: </span>}
        {nameSender(mail)} → {nameRecipients(mail)}
      </span>
      <span class="when numbers">
        <MailTime at={mail.arrivedAt} now={props.now} />
      </span>
      <span class="subject">{mail.subject || "(no subject)"}</span>
      <span class="snippet">{glance.snippet}</span>
      <span class="marks numbers">
        {glance.files.attached > 0 ? (
          <>
            <Icon name="file" />
            <span class="visually-hidden">{formatMany(glance.files.attached, "file")}, </span>
          </>
        ) : null}
        {formatBytes(mail.sizeBytes)}
      </span>
    </a>
  );
}

export function nameSender(mail: CaughtMail): string {
  const [from] = mail.from;
  return from ? from.name || from.address : mail.envelope.from || "(null sender)";
}

function nameRecipients(mail: CaughtMail): string {
  const to: readonly MailAddress[] =
    mail.to.length > 0 ? mail.to : mail.envelope.to.map(({ address }) => ({ name: "", address }));
  const others = Math.max(to.length, mail.envelope.to.length) - 1;
  return `${to[0]?.address ?? "nobody"}${others > 0 ? ` and ${others} more` : ""}`;
}

function NothingFound() {
  return (
    <div class="empty small">
      <Icon name="search" />
      <p>No mail fits this search.</p>
      <p class="muted">
        Words are looked for in subject, people and text. Try <code>to:example.org</code>, <code>campaign:c12</code>,{" "}
        <code>header:List-Id=news</code>, or <code>-subject:hello</code> to leave mails out.{" "}
        <a href="/help">All of it</a>.
      </p>
    </div>
  );
}

function Pager(props: { readonly place: Place; readonly found: number; readonly pageSize: number }) {
  const { place, found, pageSize } = props;
  if (found <= pageSize && place.start === 0) return null;
  const newer = Math.max(0, place.start - pageSize);
  const older = place.start + pageSize;
  return (
    <nav class="pager" aria-label="Pages">
      {place.start > 0 ? (
        <a class="button" data-kind="quiet" rel="prev" href={listHref({ ...place, start: newer })}>
          <Icon name="back" />
          Newer
        </a>
      ) : (
        <span />
      )}
      <span class="numbers">
        {formatCount(Math.min(found, place.start + 1))} to {formatCount(Math.min(found, older))}
      </span>
      {older < found ? (
        <a class="button" data-kind="quiet" rel="next" href={listHref({ ...place, start: older })}>
          Older
          <Icon name="older" />
        </a>
      ) : (
        <span />
      )}
    </nav>
  );
}
