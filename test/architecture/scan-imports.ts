/** Finds broken boundaries by reading the text of files: no compiler, so no compiler's version can make it blind. */
import table from "./boundaries.json" with { type: "json" };

export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly problem: string;
}

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
  readonly line: number;
}

const folders = table.folders as Readonly<Record<string, readonly string[]>>;
const packages = table.packages as Readonly<
  Record<string, { readonly home: readonly string[]; readonly typesIn?: readonly string[] }>
>;

const statement = /^[ \t]*(?:import|export)\s+(type\s)?(?:([^"'`;]*?)\sfrom\s*)?["']([^"'\n]+)["']/gm;
const dynamic = /\b(?:import|require|import\.meta\.resolve)\(\s*["'`]([^"'`\n]+)["'`]/g;

export function readImports(source: string): Import[] {
  const lineAt = (index: number) => source.slice(0, index).split("\n").length;
  const found = [...source.matchAll(statement)].map((match) => ({
    specifier: match[3] ?? "",
    typeOnly: match[1] !== undefined || importsOnlyTypes(match[2] ?? ""),
    line: lineAt(match.index),
  }));
  const late = [...source.matchAll(dynamic)].map((match) => ({
    specifier: match[1] ?? "",
    typeOnly: false,
    line: lineAt(match.index),
  }));
  return [...found, ...late];
}

/** `{ type A, type B }` */
function importsOnlyTypes(clause: string): boolean {
  const names = /^\{([\s\S]*)\}$/
    .exec(clause.trim())?.[1]
    ?.split(",")
    .map((name) => name.trim());
  return names !== undefined && names.some(Boolean) && names.every((name) => name === "" || name.startsWith("type "));
}

/** The folder of the table that holds a file, such as `adapters/postgres`; undefined for a file that stands in none. */
export function folderOf(path: string): string | undefined {
  const [top, first, second] = path.split("/");
  if (top === "workers") return "workers";
  if (top !== "src" || first === undefined || second === undefined) return undefined;
  if (first === "adapters") return `adapters/${second}`;
  return first in folders ? first : undefined;
}

/** @param path from the top of the project, with slashes */
export function findViolations(path: string, source: string): Violation[] {
  const folder = folderOf(path);
  if (folder === undefined) return [{ file: path, line: 1, problem: "stands in no folder of boundaries.json" }];
  const broken = readImports(source).flatMap(({ specifier, typeOnly, line }) => {
    const problem = specifier.startsWith(".")
      ? judgeOwn(folder, resolvePath(path, specifier))
      : judgePackage(folder, specifier, typeOnly);
    return problem === undefined ? [] : [{ file: path, line, problem }];
  });
  return [...broken, ...findForbiddenWords(path, folder, source)];
}

function judgeOwn(folder: string, target: string): string | undefined {
  const targetFolder = folderOf(target);
  if (targetFolder === folder) return undefined;
  const allowed = folders[folder.startsWith("adapters/") ? "adapters/*" : folder] ?? [];
  const wanted = targetFolder?.startsWith("adapters/") && !allowed.includes(targetFolder) ? "adapters/*" : targetFolder;
  if (wanted !== undefined && allowed.includes(wanted)) return undefined;
  // Data beside the code (issues/, templates/, package.json) is read, never imported.
  return `${folder} may not import ${target}`;
}

function judgePackage(folder: string, specifier: string, typeOnly: boolean): string | undefined {
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  const rule = packages[name];
  if (!rule || rule.home.includes(folder)) return undefined;
  if (typeOnly && rule.typesIn?.includes(folder)) return undefined;
  return `${name} is imported in ${rule.home.join(" and ")} only`;
}

function resolvePath(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

const environment = /\bprocess\s*(?:\.\s*env\b|\[\s*["']env["']\s*\])|\benv\b[^"'\n]*\bfrom\s+["']node:process["']/;
const clockAndChance =
  /\bDate\.now\(|\bnew Date\(\s*\)|\bMath\.random\(|\b(?:setTimeout|setInterval|setImmediate)\(|\bperformance\.now\(|["']node:timers/;

function findForbiddenWords(path: string, folder: string, source: string): Violation[] {
  const lines = source.split("\n");
  const search = (pattern: RegExp, problem: string) =>
    lines.flatMap((text, index) =>
      pattern.test(text) && !/^\s*(?:\/\/|\*|\/\*)/.test(text) ? [{ file: path, line: index + 1, problem }] : [],
    );
  const readsEnvironment = table.environment.some((file) => path === `src/${file}`);
  const owned = table.clockAndChance.folders.includes(folder);
  return [
    ...(readsEnvironment ? [] : search(environment, `process.env is read in src/${table.environment.join(", ")} only`)),
    ...(owned ? search(clockAndChance, `${folder} gets time and chance through lib/clock.ts and lib/random.ts`) : []),
  ];
}
