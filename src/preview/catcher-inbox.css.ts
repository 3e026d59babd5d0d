/** The inbox: a list and a mail side by side, one after the other where it is narrow. */
export const inboxCss = `
.inbox { display: grid; grid-template-rows: auto minmax(0, 1fr); height: 100vh; height: 100dvh; }
.bar { display: grid; grid-template-columns: minmax(min-content, 384px) minmax(160px, 560px) minmax(max-content, 1fr); gap: var(--space-3) var(--space-4); align-items: center; padding: var(--space-2) var(--space-4); background: var(--surface); border-bottom: 1px solid var(--line); }
.brand { display: inline-flex; align-items: center; gap: 10px; color: var(--text); font-weight: 650; text-decoration: none; }
.brand:hover { color: var(--text); }
.brand svg { width: 26px; height: 26px; flex: none; }
.brand .muted { font-weight: 400; }
.search { position: relative; }
.search .icon { position: absolute; inset-inline-start: 10px; top: 10px; color: var(--muted); pointer-events: none; }
.search .input { padding-inline: 34px 40px; background: var(--ground); }
.search kbd { position: absolute; inset-inline-end: 9px; top: 8px; pointer-events: none; }
.search .input:focus ~ kbd { display: none; }
.bar-end { display: flex; justify-content: flex-end; align-items: center; gap: var(--space-2); min-width: 0; }
.live { display: inline-flex; align-items: center; gap: 6px; font-size: var(--small); color: var(--muted); white-space: nowrap; }
.live::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: var(--line-strong); }
.live[data-state="live"]::before { background: var(--good); }
.live[data-state="lost"]::before { background: var(--bad); }

.panes { display: grid; grid-template-columns: minmax(300px, 400px) minmax(0, 1fr); min-height: 0; }
.list { display: grid; grid-template-rows: auto minmax(0, 1fr) auto; min-height: 0; background: var(--surface); border-inline-end: 1px solid var(--line); }
.list-head { display: flex; align-items: center; justify-content: space-between; gap: var(--space-2); min-height: 50px; padding: var(--space-2) var(--space-2) var(--space-2) var(--space-4); border-bottom: 1px solid var(--line); }
.list-head h1, .list-head h2 { font-size: var(--small); font-weight: 550; color: var(--muted); letter-spacing: 0; line-height: 1.4; }
.list-head .button { font-size: var(--small); padding-inline: 8px; gap: 6px; }
.list-head strong { color: var(--text); font-weight: 650; }
.rows { overflow-y: auto; overscroll-behavior: contain; }
.rows li a { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 1px var(--space-3); padding: 10px var(--space-4); border-bottom: 1px solid var(--line); border-inline-start: 3px solid transparent; color: var(--text); text-decoration: none; scroll-margin-block: 60px; }
.rows li a:hover { background: var(--ground); }
.rows li a[aria-current] { background: var(--accent-soft); border-inline-start-color: var(--accent); }
.rows li a:focus-visible { outline-offset: -2px; }
.rows .who, .rows .subject, .rows .snippet { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.rows .who { color: var(--muted); font-size: var(--small); }
.rows .when { color: var(--muted); font-size: var(--small); text-align: end; }
.rows .subject { grid-column: 1 / -1; }
.rows .snippet { color: var(--muted); font-size: var(--small); }
.rows .marks { justify-self: end; color: var(--muted); font-size: var(--small); }
.rows [data-unread] .subject { font-weight: 650; }
.rows [data-unread] .subject::before { content: ""; display: inline-block; width: 8px; height: 8px; margin-inline-end: 8px; border-radius: 50%; background: var(--accent); vertical-align: 1px; }
.rows .empty { padding: var(--space-5) var(--space-4); }
.pager { display: flex; justify-content: space-between; align-items: center; padding: var(--space-1) var(--space-2); border-top: 1px solid var(--line); font-size: var(--small); color: var(--muted); }

.mail { display: grid; grid-template-rows: auto auto minmax(0, 1fr); min-height: 0; min-width: 0; background: var(--surface); }
.mail-head { display: grid; gap: var(--space-2); padding: var(--space-4) var(--space-5) var(--space-3); }
.mail-head h1 { font-size: 1.375rem; }
.mail-top { display: flex; gap: var(--space-3) var(--space-4); align-items: flex-start; justify-content: space-between; }
.mail-acts { display: flex; gap: var(--space-1); flex: none; }
.mail-acts .button { padding-inline: 8px; }
.mail-people { display: flex; flex-wrap: wrap; gap: 2px var(--space-4); color: var(--muted); font-size: var(--small); }
.mail-people b { font-weight: 600; color: var(--text); overflow-wrap: anywhere; }
.mail .tabs { padding-inline: calc(var(--space-5) - 12px); }
.back { display: none; }
.view { overflow: auto; min-height: 0; overscroll-behavior: contain; }
.view-inner { padding: var(--space-5); max-width: 1100px; display: grid; gap: var(--space-5); align-content: start; }
.view-frame { display: grid; grid-template-rows: auto minmax(0, 1fr); height: 100%; }
.view-bar { display: flex; flex-wrap: wrap; gap: var(--space-2) var(--space-4); align-items: center; justify-content: space-between; padding: var(--space-2) var(--space-5); font-size: var(--small); color: var(--muted); border-bottom: 1px solid var(--line); }
.switch { display: inline-flex; border: 1px solid var(--line-strong); border-radius: var(--radius); overflow: hidden; }
.switch a { padding: 3px 10px; color: var(--text); text-decoration: none; }
.switch a + a { border-inline-start: 1px solid var(--line-strong); }
.switch a:hover { background: var(--sunken); }
.switch a[aria-current] { background: var(--accent); color: var(--on-accent); }
.switch a:focus-visible { outline-offset: -3px; }
.stage { display: grid; justify-items: center; min-height: 0; background: var(--sunken); overflow: auto; }
.stage iframe { width: 100%; height: 100%; min-height: 320px; border: 0; background: #fff; color-scheme: normal; }
.stage iframe[data-width="375"] { width: 375px; box-shadow: var(--shadow); }
.stage iframe[data-width="680"] { width: 680px; box-shadow: var(--shadow); }
.stage iframe[data-scheme="light"] { color-scheme: light; }
.stage iframe[data-scheme="dark"] { color-scheme: dark; background: #fff; }
.plain { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; line-height: 1.6; max-width: 76ch; }
.raw { white-space: pre; overflow-x: auto; overflow-wrap: normal; font-size: 0.8rem; }
.fields th { width: 200px; font-weight: 600; color: var(--text); overflow-wrap: anywhere; }
.fields td { overflow-wrap: anywhere; font-family: var(--mono); font-size: 0.85em; }
.fields .why { display: block; font: var(--small)/1.45 var(--sans); color: var(--muted); margin-top: 2px; }
.tree ul { padding-inline-start: var(--space-5); border-inline-start: 1px solid var(--line); margin-inline-start: 6px; }
.tree .part { display: flex; flex-wrap: wrap; gap: var(--space-1) var(--space-3); align-items: center; padding: var(--space-2) 0; }

.welcome { overflow: auto; background: var(--ground); }
.welcome-inner { padding: var(--space-6) var(--space-5); max-width: 860px; margin-inline: auto; display: grid; gap: var(--space-5); }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); gap: var(--space-4); }
.keys { display: grid; grid-template-columns: max-content 1fr; gap: var(--space-2) var(--space-4); align-items: baseline; }
.keys dt { display: flex; gap: 4px; }

@media (max-width: 860px) {
  .inbox { height: auto; min-height: 100dvh; grid-template-rows: auto 1fr; }
  .bar { grid-template-columns: 1fr auto; position: sticky; top: 0; z-index: 2; }
  .bar .search { grid-column: 1 / -1; grid-row: 2; }
  .bar .address, .search kbd { display: none; }
  .search .input { padding-inline-end: 10px; }
  .panes { grid-template-columns: minmax(0, 1fr); }
  .list { border: 0; }
  .rows { overflow: visible; }
  .inbox.shows-mail .list, .inbox.shows-mail .search { display: none; }
  .inbox:not(.shows-mail) .welcome:not(.is-only) { display: none; }
  .inbox.shows-nothing .list { display: none; }
  .back { display: inline-flex; margin-inline-start: -10px; }
  .mail { grid-template-rows: auto auto minmax(70dvh, 1fr); }
  .mail-head, .view-inner { padding-inline: var(--space-4); }
  .mail-top { flex-direction: column-reverse; }
  .mail-acts { width: 100%; justify-content: flex-end; }
  .mail-acts .back { margin-inline-end: auto; }
  .mail .tabs { padding-inline: 4px; }
  .view-bar { padding-inline: var(--space-4); }
  .view { overflow: visible; }
  .view-frame { min-height: 70dvh; }
  .welcome-inner { padding: var(--space-5) var(--space-4); }
  .fields tr { display: block; border-bottom: 1px solid var(--line); padding-block: var(--space-2); }
  .fields th, .fields td { display: block; width: auto; border: 0; padding: 0; }
}
`;
