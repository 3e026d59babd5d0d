/** Addresses within the inbox: which mail, which view of it, which search, which page of the list. */
export interface Place {
  readonly query: string;
  readonly start: number;
}

export function listHref({ query, start }: Place): string {
  return `/${writeQuery({ q: query, start })}`;
}

export function mailHref(id: string, place: Place, more: Readonly<Record<string, string | number>> = {}): string {
  return `/mail/${id}${writeQuery({ q: place.query, start: place.start, ...more })}`;
}

/** What is empty or zero is left out. */
export function writeQuery(values: Readonly<Record<string, string | number>>): string {
  const entries = Object.entries(values).filter(([, value]) => value !== "" && value !== 0);
  if (entries.length === 0) return "";
  return `?${new URLSearchParams(entries.map(([name, value]) => [name, String(value)])).toString()}`;
}
