/**
 * The design's values, light and dark. Every text colour stands at 4.5:1 or better on every ground it is used on (WCAG
 * 1.4.3); states have a soft ground and a strong text, and never speak by colour alone.
 */
export const tokensCss = `
:root {
  color-scheme: light dark;
  --ground: #f5f6f8;
  --surface: #ffffff;
  --sunken: #eceef2;
  --line: #dcdfe5;
  --line-strong: #7d8794;
  --text: #1a1e24;
  --muted: #555d68;
  --accent: #1c5bbd;
  --accent-hover: #174c9e;
  --accent-soft: #e6eefb;
  --on-accent: #ffffff;
  --good: #14632f;
  --good-soft: #e2f3e7;
  --warn: #7a4700;
  --warn-soft: #fcefd4;
  --bad: #a3231c;
  --bad-soft: #fce7e5;
  --shadow: 0 1px 2px rgb(20 26 34 / 6%), 0 4px 16px rgb(20 26 34 / 5%);
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "Liberation Mono", monospace;
  --radius: 6px;
  --radius-large: 10px;
  --space-1: 4px;
  --space-2: 8px;
  --space-3: 12px;
  --space-4: 16px;
  --space-5: 24px;
  --space-6: 40px;
  --small: 0.8125rem;
  --normal: 0.9375rem;
  --large: 1.25rem;
  --huge: 1.625rem;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #101317;
    --surface: #171b20;
    --sunken: #1e232a;
    --line: #2b323b;
    --line-strong: #7a8592;
    --text: #e4e8ed;
    --muted: #9ba5b1;
    --accent: #82b1ff;
    --accent-hover: #a5c7ff;
    --accent-soft: #1d2b42;
    --on-accent: #0d1a2e;
    --good: #7fd69a;
    --good-soft: #17301f;
    --warn: #f0c074;
    --warn-soft: #35280f;
    --bad: #ff9b92;
    --bad-soft: #3b1c1a;
    --shadow: 0 1px 2px rgb(0 0 0 / 40%), 0 4px 16px rgb(0 0 0 / 25%);
  }
}
`;
