/** 10.2 KB, with the units that mail programs use (1 KB is 1,024 bytes). */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KB", "MB", "GB"];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

/** 12,345 */
export function formatCount(count: number): string {
  return count.toLocaleString("en");
}

/** "1 mail", "1,234 mails" */
export function formatMany(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/**
 * "12.3 %" of a whole. Only all of it is "100 %" and only none of it "0 %": what rounding would make of nearly all or hardly
 * any is said as more or less than that. A share of nothing is a dash.
 */
export function formatPercent(part: number, whole: number): string {
  if (whole === 0) return "–";
  const tenths = Math.round((part / whole) * 1_000);
  if (tenths >= 1_000 && part < whole) return "> 99.9 %";
  if (tenths === 0 && part > 0) return "< 0.1 %";
  return `${tenths % 10 === 0 ? tenths / 10 : (tenths / 10).toFixed(1)} %`;
}
