/** MJML that others wrote, as it stands: nothing of it was made for our templates. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface ForeignMjml {
  readonly name: string;
  readonly text: string;
}

const modules = join(import.meta.dirname, "../../node_modules");

/** The whole mails among the examples that the packages of MJML carry in their pages. */
export function readMjmlExamples(): readonly ForeignMjml[] {
  return readdirSync(modules)
    .filter((name) => name.startsWith("mjml"))
    .toSorted()
    .flatMap((name) => {
      const page = readdirSync(join(modules, name)).find((file) => /^readme\.md$/i.test(file));
      const text = page === undefined ? "" : readFileSync(join(modules, name, page), "utf8");
      return [...text.matchAll(/^```\w*\n(\s*<mjml[\s>][\s\S]*?<\/mjml>)\s*^```/gm)].map((example, index) => ({
        name: `${name} ${index + 1}`,
        text: example[1] as string,
      }));
    });
}
