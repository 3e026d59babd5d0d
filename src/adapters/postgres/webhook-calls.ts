import type { PoolClient } from "pg";

/**
 * Notes a call, with its effects or not at all. Two copies at once: the second waits for the first.
 * @returns whether it is the first of its id
 */
export async function noteWebhookCall(client: PoolClient, provider: string, id: string): Promise<boolean> {
  const { rowCount } = await client.query({
    name: "note-webhook-call",
    text: "INSERT INTO webhook_calls (provider, id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    values: [provider, id.slice(0, 200)],
  });
  return rowCount === 1;
}
