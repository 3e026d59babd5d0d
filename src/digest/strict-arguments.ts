import Handlebars from "handlebars";

/** The name under which `checkArgument` is registered; no template can write it. */
const checkName = "(argument)";

/**
 * Handlebars' strict mode looks at what is written out, not at what is passed on: `{{#if titel}}` and `{{prose bdy}}` would
 * be taken for something empty. So every name that stands as an argument is checked where it stands.
 */
export function checkArguments(program: hbs.AST.Program): hbs.AST.Program {
  return visitCalls(program, (node) => wrapArguments(node, (path) => path));
}

/**
 * As `checkArguments`, and every dotted name is looked up step by step. In `{{a.b}}` an unknown `a` is a fault of JavaScript
 * without a line; so it gets one. Slower: for a source that has failed so.
 */
export function checkEveryStep(program: hbs.AST.Program): hbs.AST.Program {
  return visitCalls(program, (node) => {
    wrapArguments(node, lookUpSteps);
    const path = node.path as hbs.AST.PathExpression | undefined;
    const isPrinted = node.type === "MustacheStatement" && path?.type === "PathExpression" && path.parts.length > 1;
    if (!isPrinted || node.params.length > 0 || node.hash) return;
    const call = checkCall(path, lookUpSteps);
    node.path = call.path as hbs.AST.PathExpression;
    node.params = call.params;
  });
}

type Call = Pick<hbs.AST.MustacheStatement, "type" | "path" | "params" | "hash">;
/** What stands for a path where its value is asked. */
type Evaluate = (path: hbs.AST.PathExpression) => hbs.AST.Expression;

function visitCalls(program: hbs.AST.Program, change: (node: Call) => void): hbs.AST.Program {
  const visitor = new Handlebars.Visitor();
  for (const type of ["MustacheStatement", "BlockStatement", "SubExpression", "PartialStatement"] as const) {
    visitor[type] = function visit(this: Handlebars.Visitor, node: unknown) {
      // First what is inside, so that nothing is wrapped twice.
      Handlebars.Visitor.prototype[type].call(this, node as never);
      change(node as Call);
    };
  }
  visitor.PartialBlockStatement = function visit(this: Handlebars.Visitor, node: hbs.AST.PartialBlockStatement) {
    Handlebars.Visitor.prototype.PartialBlockStatement.call(this, node);
    change(node as unknown as Call);
  };
  visitor.accept(program);
  return program;
}

function wrapArguments(node: Call, evaluate: Evaluate): void {
  const wrap = (expression: hbs.AST.Expression): hbs.AST.Expression =>
    expression.type === "PathExpression" ? checkCall(expression as hbs.AST.PathExpression, evaluate) : expression;
  node.params = node.params.map(wrap);
  for (const pair of node.hash?.pairs ?? []) pair.value = wrap(pair.value);
}

function checkCall(path: hbs.AST.PathExpression, evaluate: Evaluate): hbs.AST.SubExpression {
  const { loc } = path;
  const place = [loc.start.line, loc.start.column].map((value) => ({
    type: "NumberLiteral",
    value,
    original: value,
    loc,
  }));
  return callHelper(checkName, [evaluate(path), literal(path.original, loc), ...(place as never[])], loc);
}

/** `(lookup (lookup a "b") "c")`: the helper passes on what is not there. */
function lookUpSteps(path: hbs.AST.PathExpression): hbs.AST.Expression {
  const [first, ...rest] = path.parts;
  if (first === undefined) return path;
  const base: hbs.AST.Expression = { ...path, parts: [first] } as hbs.AST.PathExpression;
  return rest.reduce((below, part) => callHelper("lookup", [below, literal(part, path.loc)], path.loc), base);
}

function literal(value: string, loc: hbs.AST.SourceLocation): hbs.AST.Expression {
  return { type: "StringLiteral", value, original: value, loc } as hbs.AST.StringLiteral;
}

function callHelper(name: string, params: hbs.AST.Expression[], loc: hbs.AST.SourceLocation): hbs.AST.SubExpression {
  const path = { type: "PathExpression", data: false, depth: 0, parts: [name], original: name, loc };
  return { type: "SubExpression", path, params, hash: undefined, loc } as unknown as hbs.AST.SubExpression;
}

/** The helper behind the wrapped arguments. An absent value of the view is `null`; only an unknown name is `undefined`. */
export const argumentHelpers: Handlebars.HelperDeclareSpec = {
  [checkName](value: unknown, name: string, lineNumber: number, column: number) {
    if (value !== undefined) return value;
    throw Object.assign(new Error(`"${name}" not defined in the view`), { lineNumber, column });
  },
};
