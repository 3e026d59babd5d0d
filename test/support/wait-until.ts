/** Waits for a state of the world: asks again until it holds. Fails with what was waited for when the bound has passed. */
export async function waitUntil(
  what: string,
  holds: () => Promise<boolean> | boolean,
  boundMs = 30_000,
): Promise<void> {
  const until = performance.now() + boundMs;
  for (;;) {
    if (await holds()) return;
    if (performance.now() > until) throw new Error(`waited ${boundMs} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
