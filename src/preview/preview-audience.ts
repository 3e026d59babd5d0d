import type { SegmentExpression } from "../domain/segment.ts";

/** An audience in the words in which issues write it. */
export function describeAudience(expression: SegmentExpression): string {
  switch (expression.type) {
    case "and":
    case "or":
      return expression.operands
        .map((operand) =>
          operand.type === "and" || operand.type === "or"
            ? `(${describeAudience(operand)})`
            : describeAudience(operand),
        )
        .join(` ${expression.type} `);
    case "not":
      return `not (${describeAudience(expression.operand)})`;
    case "comparison":
      return `${expression.field} ${expression.operator} ${JSON.stringify(expression.value)}`;
    case "in":
      return `${expression.field} in (${expression.values.map((value) => JSON.stringify(value)).join(", ")})`;
    case "present":
      return `${expression.field} is present`;
  }
}
