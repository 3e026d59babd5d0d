/** A certificate has 2 KB, an answer to a confirmation less. */
const bytesMax = 64 * 1024;
const timeoutMs = 10_000;

/**
 * Gets a page of SNS: the caller has looked at the URL. No redirect is followed, since it would lead past that look.
 * @returns `null` when it can't be had
 */
export async function fetchFromAmazon(url: string): Promise<string | null> {
  try {
    const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok || !response.body) return null;
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response.body) {
      length += chunk.length;
      if (length > bytesMax) return null;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
  } catch {
    return null;
  }
}
