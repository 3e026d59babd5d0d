import Handlebars from "handlebars";

/** The name under which `checkArgument` is registered; no template can write it. */
const checkName = "(argument)";

/**
 * Handlebars' strict mode looks at what is written out, not at what is passed on: `{{#if titel}}` and `{{prose bdy}}` would
 * be taken for something empty. So every name that stands as an argument is checked where it stands.
 */
export function checkArguments(program: hbs.AST.Program): hbs.AST.Program {
  const visitor = new Handlebars.Visitor();
  for (const type of ["MustacheStatement", "BlockStatement", "SubExpression", "PartialStatement"] as const) {
    visitor[type] = function visit(this: Handlebars.Visitor, node: Call) {
      // First what is inside, so that nothing is wrapped twice.
      Handlebars.Visitor.prototype[type].call(this, node as never);
      wrapArguments(node);
    };
  }
  visitor.PartialBlockStatement = function visit(this: Handlebars.Visitor, node: hbs.AST.PartialBlockStatement) {
    Handlebars.Visitor.prototype.PartialBlockStatement.call(this, node);
    wrapArguments(node);
  };
  visitor.accept(program);
  return program;
}

type Call = Pick<hbs.AST.MustacheStatement, "params" | "hash">;

function wrapArguments(node: Call): void {
  node.params = node.params.map(wrap);
  for (const pair of node.hash?.pairs ?? []) pair.value = wrap(pair.value);
}

function wrap(expression: hbs.AST.Expression): hbs.AST.Expression {
  if (expression.type !== "PathExpression") return expression;
  const { loc } = expression;
  const path = expression as hbs.AST.PathExpression;
  const literal = (value: string | number) => ({
    type: typeof value === "string" ? "StringLiteral" : "NumberLiteral",
    value,
    original: value,
    loc,
  });
  const name = { type: "PathExpression", data: false, depth: 0, parts: [checkName], original: checkName, loc };
  const params = [path, literal(path.original), literal(loc.start.line), literal(loc.start.column)];
  return { type: "SubExpression", path: name, params, hash: undefined, loc } as unknown as hbs.AST.Expression;
}

/** The helper behind the wrapped arguments. An absent value of the view is `null`; only an unknown name is `undefined`. */
export const argumentHelpers: Handlebars.HelperDeclareSpec = {
  [checkName](value: unknown, name: string, lineNumber: number, column: number) {
    if (value !== undefined) return value;
    throw Object.assign(new Error(`"${name}" not defined in the view`), { lineNumber, column });
  },
};
