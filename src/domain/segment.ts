/**
 * A named predicate over subscribers, as a tree. The same expression serves the command line, an issue's `audience:`
 * and the console. Written form: `lang = "de" and (topics has "ai" or plan in ("pro", "team"))`, read by `parseSegment`:
 *
 *     either    = all { "or" all }
 *     all       = operand { "and" operand }
 *     operand   = "not" operand | "(" either ")" | condition
 *     condition = field operator value
 *               | field ["not"] "in" "(" value { "," value } ")"
 *               | field "is" ["not"] "present"
 *     operator  = "=" | "!=" | "<" | "<=" | ">" | ">=" | "contains" | "has"
 *     field     = a letter or "_", then letters, digits, "_", "." and "-"
 *     value     = text in double or single quotes ("\" before a quote) | number | "true" | "false"
 *
 * Words are read in any case. `has` is for `topics`; `joined` is compared with a day, "2026-01-31".
 */
export type SegmentExpression =
  | { readonly type: "and" | "or"; readonly operands: readonly SegmentExpression[] }
  | { readonly type: "not"; readonly operand: SegmentExpression }
  | {
      readonly type: "comparison";
      readonly field: SegmentField;
      readonly operator: SegmentOperator;
      readonly value: SegmentValue;
    }
  | { readonly type: "in"; readonly field: SegmentField; readonly values: readonly SegmentValue[] }
  | { readonly type: "present"; readonly field: SegmentField };

export type SegmentOperator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "contains" | "has";

/** `address`, `domain`, `lang`, `zone`, `joined` and `topics` are the subscriber's own; any other name is an attribute. */
export type SegmentField = string;
export type SegmentValue = string | number | boolean;
