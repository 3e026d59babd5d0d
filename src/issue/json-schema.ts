import { z } from "zod";
import { issueSchema } from "./schema.ts";

/** The issue file's JSON Schema (draft 2020-12), for editors; `tools/write-issue-schema.mjs` writes it to docs/. */
export function describeIssueSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(issueSchema, { io: "input" });
  return { title: "A Broadsheet issue", ...schema };
}
