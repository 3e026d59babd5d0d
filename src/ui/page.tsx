import type { Child } from "hono/jsx";
import { html } from "hono/html";

export interface PageProps {
  /** What the browser's tab says: the page first, then where it belongs. */
  readonly title: string;
  /** BCP 47; English unless said otherwise. */
  readonly language?: string;
  readonly direction?: "ltr" | "rtl";
  readonly stylesheets: readonly string[];
  /** Loaded as modules after the page: everything reads without them. */
  readonly scripts?: readonly string[];
  readonly bodyClass?: string;
  /** Path of an SVG. */
  readonly favicon?: string;
  /** More for the head: what links to the page show, feeds. */
  readonly head?: Child;
  readonly children?: Child;
}

/** A whole document, for `context.html(..)`. */
export function renderPage(props: PageProps) {
  return html`<!doctype html>${<Document {...props} />}`;
}

function Document(props: PageProps) {
  return (
    <html lang={props.language ?? "en"} dir={props.direction ?? "ltr"}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{props.title}</title>
        {props.favicon ? <link rel="icon" type="image/svg+xml" href={props.favicon} /> : null}
        {props.stylesheets.map((href) => (
          <link rel="stylesheet" href={href} />
        ))}
        {(props.scripts ?? []).map((source) => (
          <script type="module" src={source}></script>
        ))}
        {props.head}
      </head>
      <body class={props.bodyClass}>{props.children}</body>
    </html>
  );
}
