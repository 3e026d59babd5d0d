/** As in Mailpit. */
export const listedDefault = 50;

/** As Mailpit does: what is no number is as if it were not there. */
export function readNumber(text: string | undefined, fallback: number, min: number, max: number): number {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return fallback;
  return Math.min(max, Math.max(min, Number(text)));
}
