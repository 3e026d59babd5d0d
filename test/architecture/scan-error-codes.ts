/** Finds the codes of all errors in the source: what `InputError` and `UnavailableError` carry, and the problems in them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

export interface ErrorCodes {
  /** By code: the files that use it. */
  readonly codes: ReadonlyMap<string, ReadonlySet<string>>;
  /** Places whose code can't be read off the source: `file:line`. */
  readonly unreadable: readonly string[];
}

/** Classes whose first argument is the code. */
const codeFirst = new Set(["UnavailableError"]);

export function scanErrorCodes(root: string, folders: readonly string[]): ErrorCodes {
  const codes = new Map<string, Set<string>>();
  const unreadable: string[] = [];
  for (const folder of folders) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).toSorted()) {
      if (!/\.tsx?$/.test(entry)) continue;
      const file = `${folder}/${entry}`;
      const text = readFileSync(join(root, file), "utf8");
      if (!/\bcode\b|UnavailableError/.test(text)) continue;
      const found = scanFile(ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true));
      for (const code of found.codes) codes.set(code, (codes.get(code) ?? new Set()).add(file));
      unreadable.push(...found.unreadable.map((line) => `${file}:${line}`));
    }
  }
  return { codes, unreadable };
}

function scanFile(source: ts.SourceFile): { codes: readonly string[]; unreadable: readonly number[] } {
  const codes: string[] = [];
  const unreadable: number[] = [];
  const take = (value: ts.Expression): void => {
    const read = literalsOf(value) ?? literalsOfCallers(value, source);
    if (read) codes.push(...read);
    else unreadable.push(source.getLineAndCharacterOfPosition(value.getStart(source)).line + 1);
  };
  const visit = (node: ts.Node): void => {
    const code = codeOf(node);
    if (code) take(code);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { codes, unreadable };
}

/** The expression of the code, where `node` is an error or a problem. */
function codeOf(node: ts.Node): ts.Expression | null {
  if (ts.isNewExpression(node)) {
    return ts.isIdentifier(node.expression) && codeFirst.has(node.expression.text)
      ? (node.arguments?.[0] ?? null)
      : null;
  }
  if (!ts.isObjectLiteralExpression(node) || isZodIssue(node)) return null;
  const named = (name: string) =>
    node.properties.find((property) => property.name !== undefined && property.name.getText() === name);
  const code = named("code");
  if (!code || !named("message")) return null;
  if (ts.isShorthandPropertyAssignment(code)) return code.name;
  return ts.isPropertyAssignment(code) ? code.initializer : null;
}

/** What a schema reports to zod becomes a problem with a code of ours elsewhere; a schema of problems is none. */
function isZodIssue({ parent }: ts.ObjectLiteralExpression): boolean {
  return ts.isCallExpression(parent) && /\b(addIssue|strictObject)$/.test(parent.expression.getText());
}

function literalsOf(value: ts.Expression): readonly string[] | null {
  if (ts.isStringLiteral(value)) return [value.text];
  if (ts.isConditionalExpression(value)) {
    const [whenTrue, whenFalse] = [literalsOf(value.whenTrue), literalsOf(value.whenFalse)];
    return whenTrue && whenFalse && [...whenTrue, ...whenFalse];
  }
  // A problem is handed on: its own place is read where it is made.
  if (ts.isPropertyAccessExpression(value) && value.name.text === "code") return [];
  return null;
}

/** Where the code is a parameter of a function of this file, it is what its callers give. */
function literalsOfCallers(value: ts.Expression, source: ts.SourceFile): readonly string[] | null {
  if (!ts.isIdentifier(value)) return null;
  const owner = findOwner(value);
  if (!owner) return null;
  const codes: string[] = [];
  let readable = true;
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === owner.name) {
      const given = node.arguments[owner.position];
      const read = given && (literalsOf(given) ?? literalsOfCallers(given, source));
      if (read) codes.push(...read);
      else readable = false;
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return readable && codes.length > 0 ? codes : null;
}

/** The nearest function around that has a parameter of this name. */
function findOwner(value: ts.Identifier): { readonly name: string; readonly position: number } | null {
  for (let node: ts.Node = value; node.parent; node = node.parent) {
    if (!ts.isFunctionDeclaration(node) && !ts.isArrowFunction(node)) continue;
    const position = node.parameters.findIndex(({ name }) => name.getText() === value.text);
    if (position === -1) continue;
    const name = ts.isFunctionDeclaration(node)
      ? node.name?.text
      : ts.isVariableDeclaration(node.parent)
        ? node.parent.name.getText()
        : undefined;
    return name === undefined ? null : { name, position };
  }
  return null;
}
