// Writes docs/issue.schema.json from the one schema in src/issue. Run after a change of it:
//   node --import tsx tools/write-issue-schema.mjs
import { writeFileSync } from "node:fs";
import { describeIssueSchema } from "../src/issue/json-schema.ts";

const target = new URL("../docs/issue.schema.json", import.meta.url);
writeFileSync(target, `${JSON.stringify(describeIssueSchema(), null, 2)}\n`);
