import type { Child } from "hono/jsx";
import { raw } from "hono/html";
import { Icon } from "../ui/icon.tsx";
import { renderPage } from "../ui/page.tsx";
import { assets, markSvg } from "./catcher-assets.ts";

export interface ShellProps {
  readonly title: string;
  readonly smtpUrl: string;
  readonly query: string;
  /** Mails ever taken when this page was made: a difference makes the script ask again. */
  readonly taken: number;
  /** Which of the two is seen where only one fits. */
  readonly shows: "list" | "mail" | "nothing";
  readonly children?: Child;
}

/** The frame of every page of the inbox: the bar with the search, and the panes. */
export function renderShell(props: ShellProps) {
  return renderPage({
    title: `${props.title} · Broadsheet catcher`,
    stylesheets: [assets.href("theme.css"), assets.href("inbox.css")],
    scripts: [assets.href("inbox.js")],
    favicon: assets.href("catcher.svg"),
    bodyClass: `inbox shows-${props.shows}`,
    children: (
      <>
        <a class="skip" href={props.shows === "mail" ? "#mail" : "#main"}>
          Skip to the content
        </a>
        <header class="bar">
          <a class="brand" href="/">
            {raw(markSvg.replace("<svg ", '<svg aria-hidden="true" focusable="false" '))}
            <span>
              Broadsheet <span class="muted">catcher</span>
            </span>
          </a>
          <form class="search" role="search" action="/" method="get">
            <label class="visually-hidden" for="search">
              Search mails
            </label>
            <Icon name="search" />
            <input
              class="input"
              id="search"
              type="search"
              name="q"
              value={props.query}
              placeholder="Search, or from: to: subject: campaign: header:"
              autocomplete="off"
              spellcheck={false}
            />
            <kbd aria-hidden="true">/</kbd>
          </form>
          <div class="bar-end">
            <span class="live" id="live" data-taken={props.taken}></span>
            <code class="badge address">{props.smtpUrl}</code>
            <a class="button" data-kind="quiet" href="/help" aria-label="How this works">
              <Icon name="help" />
            </a>
          </div>
        </header>
        {props.children}
        <div class="visually-hidden" id="announcements" role="status"></div>
      </>
    ),
  });
}
