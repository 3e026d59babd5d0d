import type { AudienceSample } from "../../adapters/postgres/audience-sample.ts";
import { allListNames } from "../../adapters/postgres/lists.ts";
import { ownFields } from "../../domain/segment-fields.ts";
import { SegmentError } from "../../domain/segment-parse.ts";
import { InputError, UnavailableError } from "../../lib/errors.ts";
import { Notice } from "../../ui/badge.tsx";
import { SubmitButton } from "../../ui/button.tsx";
import { AudienceCount, countAudience } from "./audience-count.tsx";
import type { ConsoleHandler, ConsoleRequest } from "./console-request.ts";
import { Empty, Field, renderConsolePage } from "./console-page.tsx";
import type { ClosedRoute } from "./routes.ts";

/** Those that a condition of one value can be made of; the rest is written. */
const operators = ["=", "!=", "contains", "has", "<", "<=", ">", ">="] as const;

export const segmentHandlers: Record<Extract<ClosedRoute, "segments">, ConsoleHandler> = { segments: renderSegments };

/** A look at who is meant: nothing is kept, the expression goes into a send. */
async function renderSegments(request: ConsoleRequest): Promise<Response> {
  const { c, pool } = request;
  const lists = await allListNames(pool);
  const list = c.req.query("list");
  const text = withCondition(c.req.query("segment") ?? "", {
    field: c.req.query("field") ?? "",
    operator: c.req.query("operator") ?? "",
    value: c.req.query("value") ?? "",
  });
  const counted = list === undefined ? null : await count(request, list, text);
  const problem = counted !== null && "problem" in counted ? counted : null;
  return renderConsolePage(request, {
    title: "Segments",
    section: "lists",
    lead: "Try an expression: how many it means, and ten of them. A send and the command line take the same words.",
    status: problem ? 422 : 200,
    children:
      lists.length === 0 ? (
        <Empty>
          <h2>There is no list yet</h2>
          <p>
            A segment is a part of a list. <a href="/console/lists">Make one first.</a>
          </p>
        </Empty>
      ) : (
        <>
          <form class="form" action="/console/segments" method="get">
            <Field id="list" label="List">
              <select class="input" id="list" name="list">
                {lists.map(({ slug, name }) => (
                  <option value={slug} selected={slug === list}>
                    {name}
                  </option>
                ))}
              </select>
            </Field>
            <Field
              id="segment"
              label="Expression"
              hint='Such as lang = "de" and topics has "sport"; empty is everybody.'
            >
              <textarea
                class="input"
                id="segment"
                name="segment"
                rows={3}
                spellcheck={false}
                aria-invalid={problem ? "true" : undefined}
                aria-describedby={problem ? "segment-problem segment-hint" : "segment-hint"}
              >
                {text}
              </textarea>
            </Field>
            {problem ? <Problem problem={problem} /> : null}
            <fieldset>
              <legend>One more condition</legend>
              <div class="row">
                <input
                  class="input"
                  name="field"
                  list="fields"
                  aria-label="Field"
                  placeholder="lang"
                  autocomplete="off"
                />
                <datalist id="fields">
                  {ownFields.map((field) => (
                    <option value={field}></option>
                  ))}
                </datalist>
                <select class="input" name="operator" aria-label="Comparison">
                  {operators.map((operator) => (
                    <option value={operator}>{operator}</option>
                  ))}
                </select>
                <input class="input" name="value" aria-label="Value" placeholder="de" autocomplete="off" />
              </div>
            </fieldset>
            <div>
              <SubmitButton kind="primary">Count</SubmitButton>
            </div>
          </form>
          {counted !== null && "sample" in counted ? <AudienceCount sample={counted.sample} /> : null}
        </>
      ),
  });
}

interface SegmentProblem {
  readonly problem: string;
  /** The expression up to what is wrong, and from there on. */
  readonly at: readonly [string, string] | null;
}

async function count(
  request: ConsoleRequest,
  list: string,
  segment: string,
): Promise<SegmentProblem | { readonly sample: AudienceSample }> {
  try {
    return { sample: await countAudience({ ...request, form: new URLSearchParams({ list, segment }) }) };
  } catch (error) {
    if (error instanceof SegmentError) {
      const place = error.column - 1;
      return { problem: error.message, at: [segment.slice(0, place), segment.slice(place)] };
    }
    if (error instanceof InputError || error instanceof UnavailableError) return { problem: error.message, at: null };
    throw error;
  }
}

function Problem({ problem: { problem, at } }: { readonly problem: SegmentProblem }) {
  return (
    <div id="segment-problem">
      <Notice state="bad" role="alert">
        <span>
          {problem}
          {at ? (
            <>
              {" "}
              <code>
                {at[0]}
                <mark>{at[1] === "" ? "…" : at[1]}</mark>
              </code>
            </>
          ) : null}
        </span>
      </Notice>
    </div>
  );
}

/** The expression with what was chosen below it; a number and `true` stand without quotes. */
export function withCondition(
  expression: string,
  { field, operator, value }: { readonly field: string; readonly operator: string; readonly value: string },
): string {
  const before = expression.trim();
  const name = field.trim();
  const isKnown = (operators as readonly string[]).includes(operator);
  if (name === "" || value.trim() === "" || !isKnown) return before;
  const isPlain = /^(?:-?\d+(?:\.\d+)?|true|false)$/.test(value.trim());
  const added = `${name} ${operator} ${isPlain ? value.trim() : JSON.stringify(value.trim())}`;
  if (before === "") return added;
  return / or /i.test(before) ? `(${before}) and ${added}` : `${before} and ${added}`;
}
