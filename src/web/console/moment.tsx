/** A time with its zone; UTC, as everywhere in the ledger. */
export function Moment({ at }: { readonly at: Date | null }) {
  if (!at) return <span class="muted">not yet</span>;
  const text = at.toISOString();
  return <time datetime={text}>{`${text.slice(0, 10)} ${text.slice(11, 16)} UTC`}</time>;
}
