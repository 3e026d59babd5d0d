/** Keeps the newest so many values; a Map remembers the order in which keys came, and asking again makes a key the newest. */
export function keepNewest<Value>(kept: Map<string, Value>, key: string, value: Value, countMax: number): void {
  kept.delete(key);
  kept.set(key, value);
  if (kept.size > countMax) kept.delete(kept.keys().next().value as string);
}
