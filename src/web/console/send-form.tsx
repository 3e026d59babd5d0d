import type { AudienceSample } from "../../adapters/postgres/audience-sample.ts";
import { allListNames } from "../../adapters/postgres/lists.ts";
import { zoneNames } from "../../domain/zone.ts";
import { Notice } from "../../ui/badge.tsx";
import { SubmitButton } from "../../ui/button.tsx";
import { formatCount } from "../../ui/format.ts";
import { AudienceCount } from "./audience-count.tsx";
import type { ConsoleRequest } from "./console-request.ts";
import { Empty, Field, Form, renderConsolePage } from "./console-page.tsx";
import { sendableIssues } from "./issue-pages.tsx";
import type { GivenSend, SendField } from "./read-send-form.ts";

const audiences = [
  ["", "Everybody who was not planned for this issue yet"],
  ["missed", "Only those who did not get it: refused, skipped, or come since"],
  ["again", "Everybody, also who got it already"],
] as const;

const times = [
  ["now", "As soon as it is approved and started"],
  ["zone", "At a time in one zone"],
  ["subscriber", "At that hour where each reader lives"],
] as const;

const policies = [
  ["hold", "Held, for somebody to decide: nobody gets it twice"],
  ["resend", "Sent again: nobody misses it, and some may get it twice"],
] as const;

/** Fields that most sends leave as they are. */
const rareFields: readonly SendField[] = ["window", "canary", "canaryWait"];

/** @param given what somebody wrote already, kept where something was wrong, with what is wrong at each field */
export async function renderSendForm(
  request: ConsoleRequest,
  given: GivenSend,
  sample: AudienceSample | null = null,
): Promise<Response> {
  const [issues, lists] = await Promise.all([sendableIssues(), allListNames(request.pool)]);
  const ready = issues.length > 0 && lists.length > 0;
  const { values, problems } = given;
  const marks = (id: SendField, hasHint = false) => ({
    id,
    name: id,
    "aria-invalid": problems.has(id) ? ("true" as const) : undefined,
    "aria-describedby":
      [problems.has(id) ? `${id}-problem` : "", hasHint ? `${id}-hint` : ""].join(" ").trim() || undefined,
  });
  const text = (id: SendField, hasHint = false) => ({
    class: "input",
    value: values[id],
    autocomplete: "off",
    spellcheck: false,
    ...marks(id, hasHint),
  });
  const isRare = values.policy === "resend" || rareFields.some((field) => values[field] || problems.has(field));
  return renderConsolePage(request, {
    title: "New send",
    section: "sends",
    lead: "Next you see the flight plan. Nothing goes out before somebody else has approved it.",
    status: problems.size === 0 ? 200 : 422,
    scripts: ["count.js"],
    children: ready ? (
      <Form request={request} action="/console/sends" class="form">
        {problems.size === 0 ? null : (
          <Notice state="bad" role="alert">
            {problems.get("form") ?? "Something is not right yet: see the fields that say so."}
          </Notice>
        )}
        <Field id="issue" label="Issue" problem={problems.get("issue")}>
          <select class="input" {...marks("issue")}>
            {issues.map(({ key }) => (
              <option value={key} selected={key === values.issue}>
                {key}
              </option>
            ))}
          </select>
        </Field>
        <Field id="list" label="List" problem={problems.get("list")}>
          <select class="input" {...marks("list")}>
            {lists.map((list) => (
              <option value={list.slug} selected={list.slug === values.list}>
                {list.name}
              </option>
            ))}
          </select>
        </Field>
        <Field id="segment" label="Segment" hint="Leave it empty for everybody on the list.">
          <div class="search-line">
            <input placeholder='lang = "de" and topics has "ai"' {...text("segment", true)} />
            <SubmitButton formAction="/console/sends/count">Count</SubmitButton>
          </div>
        </Field>
        <div data-count aria-live="polite">
          {sample ? <AudienceCount sample={sample} /> : null}
          {/* Here and not at the field: the script takes this part alone out of an answer. */}
          {problems.has("segment") ? (
            <p class="problem" id="segment-problem">
              {problems.get("segment")}
            </p>
          ) : null}
        </div>
        <Choices
          name="whom"
          legend="Who of them"
          choices={audiences}
          value={values.whom ?? ""}
          problem={problems.get("whom")}
        />
        <Choices name="when" legend="When" choices={times} value={values.when ?? "now"} />
        <Field id="at" label="Time, unless it is at once" problem={problems.get("at")}>
          <input {...text("at")} type="datetime-local" />
        </Field>
        <Field id="tz" label="Zone of that time" problem={problems.get("tz")}>
          <input {...text("tz")} value={values.tz ?? lists[0]?.zone} list="zones" />
          <datalist id="zones">
            {zoneNames.map((zone) => (
              <option value={zone}></option>
            ))}
          </datalist>
        </Field>
        <details open={isRare}>
          <summary>Hours of the day, a first share, mails without an answer</summary>
          <div class="form">
            <Field
              id="window"
              label="Only in these hours of the reader's day"
              hint="Such as 08:00-20:00, by each reader's own clock; empty for any hour."
              problem={problems.get("window")}
            >
              <input placeholder="08:00-20:00" {...text("window", true)} />
            </Field>
            <Field
              id="canary"
              label="First to a share"
              hint="Such as 1%. The others follow if it went well, else the campaign is paused and says so."
              problem={problems.get("canary")}
            >
              <input placeholder="1%" {...text("canary", true)} />
            </Field>
            <Field
              id="canaryWait"
              label="How long the others wait"
              hint="Such as 30m or 2h; 30 minutes where it is empty."
              problem={problems.get("canaryWait")}
            >
              <input placeholder="30m" {...text("canaryWait", true)} />
            </Field>
            <Choices
              name="policy"
              legend="A mail whose server never answered is"
              choices={policies}
              value={values.policy ?? "hold"}
            />
          </div>
        </details>
        <p class="muted small">
          How fast it goes is each lane's pace, the same for all campaigns; the flight plan says when the last mail
          goes.
        </p>
        <div>
          <SubmitButton kind="primary">Show the flight plan</SubmitButton>
        </div>
      </Form>
    ) : (
      <Empty>
        <h2>Not yet</h2>
        <p>
          A send needs an issue in <code>issues/</code> ({formatCount(issues.length)} there) and a list (
          {formatCount(lists.length)} there). <a href="/console/lists">Lists</a> says how to make one.
        </p>
      </Empty>
    ),
  });
}

function Choices(props: {
  readonly name: SendField;
  readonly legend: string;
  readonly choices: readonly (readonly [value: string, words: string])[];
  readonly value: string;
  readonly problem?: string | undefined;
}) {
  const { name, problem } = props;
  return (
    <fieldset aria-describedby={problem === undefined ? undefined : `${name}-problem`}>
      <legend>{props.legend}</legend>
      {problem === undefined ? null : (
        <span class="problem" id={`${name}-problem`}>
          {problem}
        </span>
      )}
      {props.choices.map(([value, words]) => (
        <label class="choice">
          <input type="radio" name={name} value={value} checked={props.value === value} />
          {words}
        </label>
      ))}
    </fieldset>
  );
}
