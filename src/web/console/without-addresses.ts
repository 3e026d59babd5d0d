/** Servers name the reader in their replies, and some pages are also for people who see no addresses. */
export function withoutAddresses(reply: string): string {
  return reply.replaceAll(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g, "(address)");
}
