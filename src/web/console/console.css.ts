/** The console's frame and what only its pages have. */
export const consoleCss = `
.console { display: grid; grid-template-columns: 208px minmax(0, 1fr); min-height: 100dvh; }
.side { display: flex; flex-direction: column; gap: var(--space-4); padding: var(--space-4) var(--space-3); border-inline-end: 1px solid var(--line); background: var(--surface); position: sticky; top: 0; height: 100dvh; overflow-y: auto; }
.brand { display: flex; align-items: center; gap: var(--space-2); padding: var(--space-1) var(--space-2); color: var(--text); font-weight: 650; text-decoration: none; }
.brand img { width: 24px; height: 24px; }
.side nav ul { display: grid; gap: 2px; }
.side nav a { display: block; padding: 6px var(--space-2); border-radius: var(--radius); color: var(--muted); font-weight: 550; text-decoration: none; }
.side nav a:hover { background: var(--sunken); color: var(--text); }
.side nav a[aria-current] { background: var(--accent-soft); color: var(--accent); }
.me { margin-top: auto; padding: var(--space-2); font-size: var(--small); color: var(--muted); display: grid; gap: var(--space-2); overflow-wrap: anywhere; }
.work { padding: var(--space-5) var(--space-6) var(--space-6); max-width: 1120px; display: grid; gap: var(--space-5); align-content: start; min-width: 0; }
.work:focus { outline: none; }
.top { display: flex; flex-wrap: wrap; gap: var(--space-3); justify-content: space-between; align-items: start; }
.top > div:first-child { display: grid; gap: var(--space-1); min-width: 0; }
.section { display: grid; gap: var(--space-3); min-width: 0; }
.work .scroll { background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius-large); }
.work tbody tr:last-child > * { border-bottom: 0; }
.work th { font-size: var(--small); white-space: nowrap; }
.number { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
time { white-space: nowrap; }
td .row { flex-wrap: nowrap; }
.section > .section { margin-top: var(--space-3); }
td.phrase { min-width: 11rem; }
td.wide { min-width: 16rem; width: 60%; overflow-wrap: anywhere; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(118px, 1fr)); gap: 1px; background: var(--line); border: 1px solid var(--line); border-radius: var(--radius-large); overflow: hidden; }
.figures > div { background: var(--surface); padding: var(--space-3) var(--space-4); display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.figures dt { color: var(--muted); font-size: var(--small); }
.figures dd { font-size: var(--large); font-weight: 600; font-variant-numeric: tabular-nums; }
.empty { display: grid; gap: var(--space-3); justify-items: start; padding: var(--space-5); border: 1px dashed var(--line-strong); border-radius: var(--radius-large); max-width: 62ch; }
.form { display: grid; gap: var(--space-4); max-width: 34rem; }
.field { display: grid; gap: var(--space-1); }
.field > label, legend { font-weight: 600; }
.field .hint { color: var(--muted); font-size: var(--small); }
.problem { color: var(--bad); font-size: var(--small); white-space: pre-line; }
.input[aria-invalid] { border-color: var(--bad); }
fieldset { border: 0; padding: 0; margin: 0; display: grid; gap: var(--space-2); min-width: 0; }
legend { padding: 0; margin-bottom: var(--space-1); }
.choice input { accent-color: var(--accent); }
.choice { display: flex; gap: var(--space-2); align-items: baseline; }
progress { width: 100%; height: 10px; accent-color: var(--accent); }
.alone { max-width: 26rem; margin: 0 auto; padding: 12vh var(--space-4) var(--space-6); display: grid; gap: var(--space-5); }
.alone .card { display: grid; gap: var(--space-4); }
.search-line { display: flex; gap: var(--space-2); max-width: 34rem; }
.beside { display: grid; gap: var(--space-4) var(--space-5); align-items: start; }
@media (min-width: 1100px) { .beside { grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); } }
@media (max-width: 480px) { .figures > :last-child:nth-child(odd) { grid-column: 1 / -1; } }
.thirds { display: grid; grid-template-columns: 2fr 1.4fr 1.2fr; gap: var(--space-3); align-items: start; }
@media (max-width: 480px) { .thirds { grid-template-columns: minmax(0, 1fr); } }
summary { cursor: pointer; color: var(--accent); width: fit-content; }
details[open] > summary { margin-bottom: var(--space-3); }
@media print { .console { display: block; } .side, .top .row { display: none; } .work { padding: 0; max-width: none; } details::details-content { content-visibility: visible; } }
.weekdays, .calendar { display: grid; grid-template-columns: repeat(7, minmax(0, 1fr)); gap: 1px; }
.weekdays { color: var(--muted); font-size: var(--small); font-weight: 600; }
.weekdays span { padding: 0 var(--space-2) var(--space-1); }
.calendar { background: var(--sunken); border: 1px solid var(--line); border-radius: var(--radius-large); overflow: hidden; }
.calendar > li { background: var(--surface); box-shadow: 0 0 0 1px var(--line); min-height: 96px; padding: var(--space-2); display: grid; gap: var(--space-1); align-content: start; font-size: var(--small); overflow-wrap: anywhere; }
.calendar > li:first-child[data-weekday="2"] { grid-column-start: 2; }
.calendar > li:first-child[data-weekday="3"] { grid-column-start: 3; }
.calendar > li:first-child[data-weekday="4"] { grid-column-start: 4; }
.calendar > li:first-child[data-weekday="5"] { grid-column-start: 5; }
.calendar > li:first-child[data-weekday="6"] { grid-column-start: 6; }
.calendar > li:first-child[data-weekday="7"] { grid-column-start: 7; }
.calendar > li[aria-current] { background: var(--accent-soft); }
.calendar ul { display: grid; gap: var(--space-2); }
.calendar .day { color: var(--muted); font-variant-numeric: tabular-nums; }
.calendar [aria-current] .day { color: var(--accent); font-weight: 650; }
.calendar .day-name { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
@media (max-width: 760px) {
  .weekdays { display: none; }
  .calendar { grid-template-columns: minmax(0, 1fr); }
  .calendar > li { min-height: 0; grid-column-start: auto !important; padding: var(--space-3); font-size: inherit; }
  .calendar > li[data-empty]:not([aria-current]) { display: none; }
  .calendar .day-name { position: static; clip-path: none; width: auto; height: auto; }
}
.link { overflow-wrap: anywhere; user-select: all; padding: var(--space-3); background: var(--sunken); border-radius: var(--radius); }
@media (max-width: 760px) {
  .console { grid-template-columns: minmax(0, 1fr); align-content: start; }
  .side { position: static; height: auto; border-inline-end: 0; border-bottom: 1px solid var(--line); gap: var(--space-2); padding: var(--space-2) var(--space-3); overflow: visible; }
  .side nav ul { display: flex; flex-wrap: wrap; }
  .side nav a { padding: 10px var(--space-2); }
  .me { margin-top: 0; display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; padding: 0 var(--space-2); }
  .work { padding: var(--space-4); }
}
`;
