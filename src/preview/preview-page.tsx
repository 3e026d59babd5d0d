import { raw } from "hono/html";
import { clipBytes, Panel } from "./preview-views.tsx";
import { Icon } from "../ui/icon.tsx";
import { renderPage } from "../ui/page.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { Badge } from "../ui/badge.tsx";
import { SubmitButton } from "../ui/button.tsx";
import { previewAssets, previewMark } from "./preview-assets.ts";
import { Controls } from "./preview-controls.tsx";
import type { PreviewModel } from "./preview-model.ts";
import { Problems } from "./preview-problems.tsx";
import { hrefOf, views, type View } from "./preview-query.ts";

const titles: Readonly<Record<View, string>> = {
  mail: "Mail",
  text: "Text",
  outline: "Reading order",
  source: "HTML",
  headers: "Headers",
  parts: "Parts",
  raw: "Raw",
  weight: "Weight",
  diff: "Last issue",
  checks: "Checks",
};

export function renderPreview(model: PreviewModel) {
  const { query, mail } = model;
  return renderPage({
    title: `${model.file.key} · Broadsheet preview`,
    stylesheets: [previewAssets.href("theme.css"), previewAssets.href("preview.css")],
    scripts: [previewAssets.href("preview.js")],
    favicon: previewAssets.href("preview.svg"),
    bodyClass: "preview",
    children: (
      <>
        <a class="skip" href="#main">
          Skip to the mail
        </a>
        <Bar model={model} />
        <div class="panes">
          <main id="main">
            <Summary model={model} />
            <div id="tabs">
              <Tabs
                label="Views"
                current={query.view}
                tabs={views.map((id) => ({
                  id,
                  title: titles[id],
                  href: hrefOf(query, { view: id }),
                  ...(id === "checks" && mail && mail.findings.length > 0 ? { count: mail.findings.length } : {}),
                }))}
              />
            </div>
            <div class="over">
              <div id="problems">
                <Problems problems={model.problems} />
              </div>
              <div id="panel">
                <Panel model={model} />
              </div>
            </div>
          </main>
          <Controls model={model} />
        </div>
        <Help />
        <div class="visually-hidden" id="announcements" role="status"></div>
      </>
    ),
  });
}

function Bar({ model: { files, file, query, revision, state } }: { readonly model: PreviewModel }) {
  const known = files.some(({ key }) => key === file.key) ? files : [file, ...files];
  const option = ({ key }: { readonly key: string }) => (
    <option value={key} selected={key === file.key}>
      {key}
    </option>
  );
  return (
    <header class="bar">
      <a class="brand" href={hrefOf(query, { view: "mail" })}>
        {raw(previewMark.replace("<svg ", '<svg aria-hidden="true" focusable="false" '))}
        <span>
          Broadsheet <span class="muted">preview</span>
        </span>
      </a>
      <form class="pick" method="get" action="/" id="pick">
        <label class="visually-hidden" for="issue">
          Issue
        </label>
        <select class="input" id="issue" name="issue">
          <optgroup label="Issues">{known.filter(({ kind }) => kind === "issue").map(option)}</optgroup>
          <optgroup label="Samples of templates">{known.filter(({ kind }) => kind === "sample").map(option)}</optgroup>
        </select>
        <SubmitButton>Open</SubmitButton>
      </form>
      <div class="bar-end">
        <span
          class="live"
          id="live"
          data-revision={revision}
          data-events={`${hrefOf(query, {}, "/events")}&state=${encodeURIComponent(state)}`}
        ></span>
        <a class="button to-controls" data-kind="quiet" href="#controls">
          Reader
        </a>
        <button class="button" data-kind="quiet" type="button" id="show-help" aria-label="Keyboard shortcuts" hidden>
          <Icon name="help" />
        </button>
      </div>
    </header>
  );
}

/** The line as an inbox shows it. */
function Summary({ model: { mail, file } }: { readonly model: PreviewModel }) {
  if (!mail) {
    return (
      <div class="summary" id="summary">
        <h1>{file.key}</h1>
      </div>
    );
  }
  const field = (wanted: string): string =>
    mail.content.fields.find(({ name }) => name.toLowerCase() === wanted)?.value ?? "";
  const bytes = Buffer.byteLength(mail.content.html ?? "");
  return (
    <div class="summary" id="summary">
      <p class="from">
        <b>{field("from")}</b> <span class="muted">to {field("to")}</span>
      </p>
      <h1>{field("subject")}</h1>
      <p class="preheader">
        {mail.issue.preheader.map((run) => ("text" in run ? run.text : (run.fallback ?? ""))).join("")}
      </p>
      {bytes > clipBytes ? <Badge state="bad">Gmail cuts this mail</Badge> : null}
    </div>
  );
}

const keys: readonly (readonly [key: string, what: string])[] = [
  ["1 … 9, 0", "the views, from left to right"],
  ["w", "the next width"],
  ["l, d, f", "light, dark, forced dark"],
  ["i", "pictures on and off"],
  ["v", "the next variant"],
  ["r", "another reader: the address"],
  ["t", "a test: where to"],
  ["j, k", "the next issue, the one before"],
  ["?", "this list"],
];

function Help() {
  return (
    <dialog id="help" aria-labelledby="help-title">
      <div class="row between">
        <h2 id="help-title">Keyboard shortcuts</h2>
        <form method="dialog">
          <button class="button" data-kind="quiet" aria-label="Close">
            <Icon name="cross" />
          </button>
        </form>
      </div>
      <dl class="keys">
        {keys.map(([key, what]) => (
          <>
            <dt>
              {key.split(", ").map((one) => (
                <kbd>{one}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </>
        ))}
      </dl>
    </dialog>
  );
}
