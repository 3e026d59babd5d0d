/** How plain elements look, before any class. */
export const baseCss = `
*, *::before, *::after { box-sizing: border-box; }
html { font: var(--normal)/1.5 var(--sans); color: var(--text); background: var(--ground); -webkit-text-size-adjust: 100%; }
body { margin: 0; min-height: 100vh; min-height: 100dvh; }
h1, h2, h3, p, ul, ol, dl, dd, figure, pre { margin: 0; }
h1 { font-size: var(--huge); line-height: 1.25; letter-spacing: -0.01em; font-weight: 650; overflow-wrap: anywhere; }
h2 { font-size: var(--large); line-height: 1.3; font-weight: 650; }
h3 { font-size: 1rem; line-height: 1.4; font-weight: 650; }
ul, ol { padding: 0; list-style: none; }
a { color: var(--accent); text-underline-offset: 2px; text-decoration-thickness: 1px; }
a:hover { color: var(--accent-hover); }
code, pre, kbd, samp { font-family: var(--mono); font-size: 0.92em; }
img, svg { max-width: 100%; vertical-align: middle; }
button, input, select, textarea { font: inherit; color: inherit; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: start; vertical-align: top; padding: var(--space-2) var(--space-3); border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--muted); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
::selection { background: var(--accent-soft); }
[hidden] { display: none !important; }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
`;
