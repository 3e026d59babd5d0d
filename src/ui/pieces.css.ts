/** The classes behind the pieces in this folder. */
export const piecesCss = `
.visually-hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; inset-inline-start: var(--space-3); top: -60px; z-index: 10; padding: var(--space-2) var(--space-4); background: var(--accent); color: var(--on-accent); border-radius: var(--radius); }
.skip:focus { top: var(--space-3); color: var(--on-accent); }
.muted { color: var(--muted); }
.small { font-size: var(--small); }
.numbers { font-variant-numeric: tabular-nums; }
.stack { display: grid; gap: var(--space-4); align-content: start; }
.row { display: flex; flex-wrap: wrap; gap: var(--space-2) var(--space-3); align-items: center; }
.icon { width: 1.125em; height: 1.125em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }

.button { display: inline-flex; align-items: center; justify-content: center; gap: var(--space-2); min-height: 34px; padding: 5px 12px; border: 1px solid var(--line-strong); border-radius: var(--radius); background: var(--surface); color: var(--text); font-weight: 550; text-decoration: none; cursor: pointer; white-space: nowrap; }
.button:hover { border-color: var(--accent); color: var(--accent); }
.button[data-kind="primary"] { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.button[data-kind="primary"]:hover { background: var(--accent-hover); border-color: var(--accent-hover); color: var(--on-accent); }
.button[data-kind="quiet"] { border-color: transparent; background: none; color: var(--muted); }
.button[data-kind="quiet"]:hover { background: var(--sunken); color: var(--text); }
.button[data-kind="danger"] { color: var(--bad); border-color: var(--bad); }
.button[data-kind="danger"]:hover { background: var(--bad-soft); color: var(--bad); border-color: var(--bad); }
.button[disabled] { opacity: 0.6; cursor: default; }
@media (pointer: coarse) { .button { min-height: 44px; } }

.input { width: 100%; min-height: 36px; padding: 6px 10px; border: 1px solid var(--line-strong); border-radius: var(--radius); background: var(--surface); }
.input::placeholder { color: var(--muted); opacity: 1; text-overflow: ellipsis; }
.input:focus-visible { outline-offset: -1px; border-color: var(--accent); }

.badge { display: inline-flex; align-items: center; gap: 4px; padding: 1px 8px; border-radius: 99px; background: var(--sunken); color: var(--muted); font-size: var(--small); font-weight: 550; white-space: nowrap; text-decoration: none; }
.badge[data-state="good"] { background: var(--good-soft); color: var(--good); }
.badge[data-state="warn"] { background: var(--warn-soft); color: var(--warn); }
.badge[data-state="bad"] { background: var(--bad-soft); color: var(--bad); }
.badge[data-state="accent"] { background: var(--accent-soft); color: var(--accent); }
a.badge:hover { text-decoration: underline; }

.tabs { display: flex; gap: var(--space-1); overflow-x: auto; border-bottom: 1px solid var(--line); scrollbar-width: none; }
.tabs a { padding: 8px 12px; border-bottom: 2px solid transparent; margin-bottom: -1px; color: var(--muted); font-weight: 550; text-decoration: none; white-space: nowrap; }
.tabs a:hover { color: var(--text); }
.tabs a[aria-current] { color: var(--text); border-bottom-color: var(--accent); }
.tabs a:focus-visible { outline-offset: -2px; }
.tabs .count { margin-inline-start: 4px; color: var(--muted); font-weight: 400; font-variant-numeric: tabular-nums; }

.scroll { overflow-x: auto; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius-large); padding: var(--space-4) var(--space-5); }
.notice { display: flex; gap: var(--space-3); align-items: baseline; padding: var(--space-2) var(--space-4); border-radius: var(--radius); background: var(--sunken); color: var(--text); font-size: var(--small); }
.notice > svg { flex: none; align-self: start; margin-top: 0.2em; }
.notice-words { display: flex; flex: 1; flex-wrap: wrap; gap: var(--space-2) var(--space-3); align-items: center; min-width: 0; }
.notice[data-state="good"] { background: var(--good-soft); color: var(--good); }
.notice[data-state="warn"] { background: var(--warn-soft); color: var(--warn); }
.notice[data-state="bad"] { background: var(--bad-soft); color: var(--bad); }

.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: var(--space-1) var(--space-4); }
.facts dt { color: var(--muted); }
.facts dd { overflow-wrap: anywhere; }
@media (max-width: 480px) { .facts { grid-template-columns: minmax(0, 1fr); gap: 0; } .facts dd { margin-bottom: var(--space-2); } }

.chart { display: block; overflow: visible; print-color-adjust: exact; -webkit-print-color-adjust: exact; break-inside: avoid; }
.chart text { fill: var(--muted); font-size: var(--small); }
.chart .chart-value { fill: var(--text); font-variant-numeric: tabular-nums; }
.chart-ground { fill: var(--sunken); }
.chart-bar { fill: var(--accent); }
.chart-grid { stroke: var(--line); }
.chart-area { fill: var(--accent-soft); }
.chart-line { fill: none; stroke: var(--accent); stroke-width: 2px; stroke-linejoin: round; }

.code { display: block; padding: var(--space-3) var(--space-4); background: var(--sunken); border-radius: var(--radius); white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; line-height: 1.55; }
kbd { display: inline-block; min-width: 1.6em; padding: 0 5px; border: 1px solid var(--line-strong); border-bottom-width: 2px; border-radius: 4px; background: var(--surface); color: var(--text); text-align: center; font-size: 0.8em; line-height: 1.6; }

.empty { display: grid; gap: var(--space-4); justify-items: start; max-width: 62ch; }
.empty > .icon { width: 40px; height: 40px; color: var(--muted); stroke-width: 1.25; }
`;
