import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import type { Template, TemplateSource, Theme, ThemeValue } from "../../domain/template.ts";
import { InputError } from "../../lib/errors.ts";

/** Partials and themes that every template of the folder may use. */
const sharedFolder = "shared";

/** More partials than any template needs; a folder with more is a mistake (a checkout, a dependency folder). */
const partialsMax = 500;

/** A template source larger than this is not a template. */
const sourceCharactersMax = 500_000;

/**
 * Reads `templates/<name>` with the partials beside it into a plain value.
 * @param directory the template's own folder; `shared` is looked for beside it
 * @throws InputError when there is no such template (naming the ones there are) or a file of it can't be used
 */
export async function loadTemplate(directory: string): Promise<Template> {
  const root = dirname(directory);
  const name = basename(directory);
  const names = await listTemplates(root);
  if (!names.includes(name)) {
    const known = names.length > 0 ? `there are: ${names.join(", ")}` : `${root} holds none`;
    throw new InputError({ code: "template-unknown", message: `There is no template "${name}"; ${known}.` });
  }
  const files = [...(await listSources(join(root, sharedFolder))), ...(await listSources(directory))];
  if (files.length > partialsMax) {
    const message = `Template "${name}" has ${files.length} files; at most ${partialsMax} are read.`;
    throw new InputError({ code: "template-size", message });
  }
  const partials = new Map<string, TemplateSource>();
  for (const file of files) partials.set(partialName(file), await readSource(root, file));
  const layout = partials.get("layout") as TemplateSource;
  const text = partials.get("text") as TemplateSource;
  partials.delete("layout");
  partials.delete("text");
  const settings = await readSettings(root, join(directory, "template.yaml"));
  const shared = await readSettings(root, join(root, sharedFolder, "theme.yaml"));
  const { description, theme } = settings;
  return {
    name,
    description: typeof description === "string" ? description : "",
    layout,
    text,
    partials,
    theme: layOver(shared, isTheme(theme) ? theme : {}),
  };
}

/** The templates in a folder: its folders that hold a `layout.mjml.hbs` and a `text.hbs`, sorted by name. */
export async function listTemplates(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const names: string[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name === sharedFolder) continue;
    const files = await readdir(join(root, entry.name));
    if (files.includes("layout.mjml.hbs") && files.includes("text.hbs")) names.push(entry.name);
  }
  return names.sort();
}

/** Every `.hbs` file under a folder, sorted, so that the same folder gives the same Template everywhere. */
async function listSources(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".hbs"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function partialName(file: string): string {
  return basename(file).split(".")[0] as string;
}

async function readSource(root: string, path: string): Promise<TemplateSource> {
  const file = relative(root, path).split(sep).join("/");
  const text = await readFile(path, "utf8");
  if (text.length > sourceCharactersMax) {
    const message = `has ${text.length} characters; a template has at most ${sourceCharactersMax}.`;
    throw new InputError({ code: "template-size", message, place: { file } });
  }
  return { file, text: text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n") };
}

async function readSettings(root: string, path: string): Promise<Theme> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "{}";
    throw error;
  });
  const file = relative(root, path).split(sep).join("/");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    const message = (error.message.split("\n")[0] as string).replace(/ at line .*$/, ".");
    throw new InputError({ code: "template-settings", message, place: { file, line, column: col } });
  }
  const value: unknown = document.toJS() ?? {};
  if (!isTheme(value)) {
    const message = "must hold names with values (text, numbers, yes or no), nested as you like.";
    throw new InputError({ code: "template-settings", message, place: { file } });
  }
  return value;
}

function isTheme(value: unknown): value is Theme {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((item) => ["string", "number", "boolean"].includes(typeof item) || isTheme(item));
}

function layOver(below: Theme, above: Theme): Theme {
  const laid: Record<string, ThemeValue> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const under = laid[name];
    laid[name] = isTheme(value) && isTheme(under) ? layOver(under, value) : value;
  }
  return laid;
}
