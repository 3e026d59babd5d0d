/** Readers' pages: one quiet column, big enough to press. */
export const publicCss = `
.public { display: grid; grid-template-rows: auto 1fr auto; gap: var(--space-5); padding: var(--space-5) var(--space-4) var(--space-5); font-size: 1.0625rem; line-height: 1.55; }
.public > * { width: 100%; max-width: 36rem; margin-inline: auto; min-width: 0; }
.public .masthead { display: flex; gap: var(--space-3); align-items: center; font-weight: 650; color: var(--text); text-decoration: none; overflow-wrap: anywhere; }
.public .masthead img { width: 28px; height: 28px; flex: none; }
.public main { display: grid; gap: var(--space-5); align-content: start; }
.public main > .card { display: grid; gap: var(--space-4); padding: var(--space-5); justify-items: start; }
.public p, .public h1, .public h2, .public li, .public dd { overflow-wrap: anywhere; }
.public .button { min-height: 44px; padding: 8px 18px; white-space: normal; }
.public .plain { display: grid; gap: var(--space-3); justify-items: start; }
.public form { max-width: 100%; }
.public .fields { display: grid; gap: var(--space-4); width: 100%; justify-items: start; }
.public .field { display: grid; gap: var(--space-1); width: 100%; }
.public .field label, .public legend { font-weight: 600; }
.public .field .input { min-height: 44px; font-size: 1rem; }
.public fieldset { border: 0; padding: 0; margin: 0; display: grid; gap: var(--space-1); width: 100%; min-width: 0; }
.public legend { padding: 0; margin-bottom: var(--space-1); }
.public .choice { display: flex; gap: var(--space-3); align-items: center; min-height: 44px; overflow-wrap: anywhere; }
.public .choice input { width: 20px; height: 20px; flex: none; accent-color: var(--accent); }
.public .wrong { color: var(--bad); }
.public .issues { display: grid; gap: var(--space-5); }
.public .issues li { display: grid; gap: var(--space-1); padding-bottom: var(--space-5); border-bottom: 1px solid var(--line); }
.public .issues a { font-weight: 650; font-size: 1.1875rem; text-decoration: none; }
.public .issues a:hover { text-decoration: underline; }
.public .feeds a { display: inline-block; padding: 6px 0; margin-inline-end: var(--space-2); }
.public .trap { position: absolute; inset-inline-start: -10000px; width: 1px; height: 1px; overflow: hidden; }
.public .foot { display: grid; gap: var(--space-2); color: var(--muted); font-size: 0.875rem; }
.public .foot .row a { display: inline-block; padding: 6px 0; }
.public .languages { display: flex; flex-wrap: wrap; gap: 0 var(--space-4); }
.public .languages a, .public .languages span { display: inline-block; padding: 6px 0; }
@media (max-width: 480px) { .public { gap: var(--space-4); padding: var(--space-4) var(--space-3); } .public main > .card { padding: var(--space-4); } .public h1 { font-size: 1.4375rem; } }
`;
