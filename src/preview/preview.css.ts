/** The preview: the mail on its stage, beside it who it is shown as. */
export const previewCss = `
.preview { display: grid; grid-template-rows: auto minmax(0, 1fr); height: 100vh; height: 100dvh; }
.between { justify-content: space-between; }
.bar { display: grid; grid-template-columns: max-content minmax(160px, 520px) minmax(max-content, 1fr); gap: var(--space-3) var(--space-5); align-items: center; padding: var(--space-2) var(--space-4); background: var(--surface); border-bottom: 1px solid var(--line); }
.brand { white-space: nowrap; display: inline-flex; align-items: center; gap: 10px; color: var(--text); font-weight: 650; text-decoration: none; }
.brand:hover { color: var(--text); }
.brand svg { width: 26px; height: 26px; flex: none; }
.brand .muted { font-weight: 400; }
.pick { display: flex; gap: var(--space-2); min-width: 0; }
.pick .input { min-width: 0; background: var(--ground); }
.has-script .pick .button { display: none; }
.bar-end { display: flex; justify-content: flex-end; align-items: center; gap: var(--space-2); min-width: 0; }
.to-controls { display: none; }
.live { display: inline-flex; align-items: center; gap: 6px; font-size: var(--small); color: var(--muted); white-space: nowrap; }
.live::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: var(--line-strong); }
.live[data-state="live"]::before { background: var(--good); }
.live[data-state="lost"]::before { background: var(--bad); }

.panes { display: grid; grid-template-columns: minmax(0, 1fr) 304px; min-height: 0; }
main { display: grid; grid-template-columns: minmax(0, 1fr); grid-template-rows: auto auto minmax(0, 1fr); min-height: 0; min-width: 0; background: var(--surface); }
.summary { display: grid; gap: 2px; padding: var(--space-3) var(--space-5); }
.summary h1 { font-size: 1.25rem; line-height: 1.35; overflow-wrap: anywhere; }
.summary .from { font-size: var(--small); overflow-wrap: anywhere; }
.summary .from b { font-weight: 600; }
.summary .preheader { color: var(--muted); }
.summary .badge { justify-self: start; }
#tabs .tabs { padding-inline: calc(var(--space-5) - 12px); }

.over { position: relative; min-height: 0; }
#panel { height: 100%; min-height: 0; }
.view { height: 100%; overflow: auto; }
.view:focus-visible { outline-offset: -2px; }
.view-inner { display: grid; gap: var(--space-4); align-content: start; padding: var(--space-4) var(--space-5); }
.view-frame { display: grid; grid-template-rows: auto minmax(0, 1fr); height: 100%; min-height: 0; }
.view-bar { display: flex; flex-wrap: wrap; gap: var(--space-2) var(--space-4); align-items: center; padding: var(--space-2) var(--space-5); font-size: var(--small); border-bottom: 1px solid var(--line); }
.switch { display: inline-flex; border: 1px solid var(--line-strong); border-radius: var(--radius); overflow: hidden; }
.switch a { padding: 3px 10px; color: var(--text); text-decoration: none; white-space: nowrap; }
.switch a + a { border-inline-start: 1px solid var(--line-strong); }
.switch a:hover { background: var(--sunken); }
.switch a[aria-current] { background: var(--accent); color: var(--on-accent); }
.switch a:focus-visible { outline-offset: -3px; }
.stage { position: relative; display: grid; justify-items: center; min-height: 0; background: var(--sunken); overflow: auto; }
.stage iframe { width: 100%; height: 100%; min-height: 320px; border: 0; background: #fff; color-scheme: normal; }
.stage[data-width="375"] iframe { width: 375px; box-shadow: var(--shadow); }
.stage[data-width="680"] iframe { width: 680px; box-shadow: var(--shadow); }
.stage[data-scheme="dark"] iframe, .stage[data-scheme="forced"] iframe { background: #121212; }
.stage iframe.incoming { position: absolute; inset-block-start: 0; visibility: hidden; }

.plain { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; line-height: 1.6; max-width: 76ch; }
.raw { white-space: pre; overflow-x: auto; overflow-wrap: normal; font-size: 0.8rem; }
#panel [aria-label="HTML source"] { white-space: pre-wrap; overflow-wrap: anywhere; }
.fields th { width: 200px; font-weight: 600; color: var(--text); overflow-wrap: anywhere; }
.fields td { overflow-wrap: anywhere; font-family: var(--mono); font-size: 0.85em; }
.fields .why { display: block; font: var(--small)/1.45 var(--sans); color: var(--muted); margin-top: 2px; }
.tree ul { padding-inline-start: var(--space-5); border-inline-start: 1px solid var(--line); margin-inline-start: 6px; }
.tree .part { display: flex; flex-wrap: wrap; gap: var(--space-1) var(--space-3); align-items: center; padding: var(--space-2) 0; }
.outline { display: grid; gap: 2px; max-width: 860px; }
.outline li { display: grid; grid-template-columns: 92px minmax(0, 1fr); gap: var(--space-3); padding: 5px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.outline .kind { color: var(--muted); font-size: var(--small); line-height: 1.7; }
.outline li[data-kind="heading"] { font-weight: 650; }
.outline li[data-kind="heading"] .kind { color: var(--accent); font-weight: 600; }
.outline li[data-level="1"] { font-size: 1.125rem; }
.diff { font-size: 0.8rem; line-height: 1.55; white-space: pre-wrap; overflow-wrap: anywhere; }
.diff span { display: block; padding-inline: var(--space-2); }
.diff [data-kind="gone"] { background: var(--bad-soft); color: var(--bad); }
.diff [data-kind="new"] { background: var(--good-soft); color: var(--good); }
.findings { display: grid; gap: var(--space-3); max-width: 860px; }
.findings li { display: grid; grid-template-columns: 96px minmax(0, 1fr); gap: var(--space-3); padding-bottom: var(--space-3); border-bottom: 1px solid var(--line); }
.findings .badge { justify-self: start; align-self: start; }

.controls { overflow-y: auto; background: var(--ground); border-inline-start: 1px solid var(--line); }
.section { display: grid; gap: var(--space-2); padding: var(--space-4); border-bottom: 1px solid var(--line); }
.section h2 { font-size: var(--small); font-weight: 650; line-height: 1.4; }
.section label { display: grid; gap: 3px; font-size: var(--small); }
.pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1.3fr); gap: var(--space-2); }
.audiences { padding-inline-start: 1.4em; list-style: decimal; overflow-wrap: anywhere; }
.choices { display: flex; flex-wrap: wrap; gap: var(--space-1); }
.choices a { padding: 2px 9px; border: 1px solid var(--line-strong); border-radius: 99px; background: var(--surface); color: var(--text); font-size: var(--small); text-decoration: none; font-variant-numeric: tabular-nums; }
.choices a:hover { border-color: var(--accent); color: var(--accent); }
.choices a[aria-current] { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
meter { width: 100%; height: 12px; }

.problems { position: absolute; inset: 0; z-index: 5; padding: var(--space-4); overflow: auto; background: rgb(16 19 23 / 45%); }
.problems-inner { display: grid; gap: var(--space-3); max-width: 860px; margin-inline: auto; padding: var(--space-4) var(--space-5) var(--space-5); border-top: 4px solid var(--bad); border-radius: var(--radius-large); background: var(--surface); box-shadow: var(--shadow); }
.problems h2 { display: flex; gap: var(--space-2); align-items: center; color: var(--bad); font-size: var(--large); }
.problems section { display: grid; gap: var(--space-1); }
.problems .what { font-weight: 550; overflow-wrap: anywhere; }
.problems .where { font-family: var(--mono); font-size: var(--small); color: var(--muted); overflow-wrap: anywhere; }
.excerpt { padding: var(--space-3) 0; background: var(--sunken); border-radius: var(--radius); font-size: 0.8rem; line-height: 1.6; overflow-x: auto; white-space: pre; }
.excerpt .line { display: block; padding-inline: var(--space-3); }
.excerpt .it { background: var(--bad-soft); }
.excerpt .number { color: var(--muted); }
.excerpt .caret { display: block; padding-inline: var(--space-3); color: var(--bad); font-weight: 700; }

dialog { max-width: 460px; width: calc(100% - 32px); margin: auto; padding: var(--space-4) var(--space-5) var(--space-5); border: 1px solid var(--line-strong); border-radius: var(--radius-large); background: var(--surface); color: var(--text); box-shadow: var(--shadow); }
dialog::backdrop { background: rgb(16 19 23 / 45%); }
dialog h2 { font-size: var(--large); }
.keys { display: grid; grid-template-columns: max-content 1fr; gap: var(--space-2) var(--space-4); align-items: baseline; margin-top: var(--space-3); }
.keys dt { display: flex; gap: 4px; }

@media (max-width: 860px) {
  .preview { height: auto; min-height: 100dvh; }
  .bar { grid-template-columns: 1fr auto; position: sticky; top: 0; z-index: 6; }
  .bar .live { font-size: 0; }
  .bar .pick { grid-column: 1 / -1; grid-row: 2; }
  .to-controls { display: inline-flex; }
  .panes { grid-template-columns: minmax(0, 1fr); }
  main { grid-template-rows: auto auto minmax(76dvh, 1fr); }
  .summary, .view-inner, .view-bar { padding-inline: var(--space-4); }
  #tabs .tabs { padding-inline: 4px; }
  .view { overflow: visible; }
  .stage[data-width="375"], .stage[data-width="680"] { justify-items: start; }
  .controls { overflow: visible; border: 0; border-top: 1px solid var(--line); scroll-margin-top: 110px; }
  .fields tr { display: block; border-bottom: 1px solid var(--line); padding-block: var(--space-2); }
  .fields th, .fields td { display: block; width: auto; border: 0; padding: 0; }
}
`;
