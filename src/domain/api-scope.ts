/** What a program may be allowed to do; web/api/routes.ts says which scope each address asks for. */
export const apiScopes = {
  "lists:read": "see lists with their numbers",
  "subscribers:read": "see people, with their addresses",
  "subscribers:write": "add and change people, unsubscribe, suppress and erase them",
  "campaigns:read": "see campaigns with their balance",
  "campaigns:write": "pause, resume and cancel campaigns",
  "deliveries:read": "see what became of each recipient of a campaign",
  "feedback:read": "see bounces, complaints and answers",
  "metrics:read": "read the figures at /metrics",
} as const;
export type ApiScope = keyof typeof apiScopes;

export function isApiScope(text: string): text is ApiScope {
  return Object.hasOwn(apiScopes, text);
}
