import { allLists } from "../../adapters/postgres/lists.ts";
import { Notice } from "../../ui/badge.tsx";
import { SubmitButton } from "../../ui/button.tsx";
import { zoneNames } from "../../domain/zone.ts";
import { formatCount } from "../../ui/format.ts";
import type { ConsoleRequest } from "./console-request.ts";
import { Empty, Field, Form, renderConsolePage } from "./console-page.tsx";
import { sendableIssues } from "./issue-pages.tsx";

const times = [
  ["now", "As soon as it is approved and started"],
  ["zone", "At a time in one zone"],
  ["subscriber", "At that hour where each reader lives"],
] as const;

/** @param given what somebody wrote already, kept where something was wrong */
export async function renderSendForm(
  request: ConsoleRequest,
  given: Readonly<Record<string, string>>,
  problem?: string,
): Promise<Response> {
  const [issues, lists] = await Promise.all([sendableIssues(), allLists(request.pool)]);
  const ready = issues.length > 0 && lists.length > 0;
  return renderConsolePage(request, {
    title: "New send",
    section: "sends",
    lead: "Next you see the flight plan. Nothing goes out before somebody else has approved it.",
    status: problem === undefined ? 200 : 422,
    children: ready ? (
      <Form request={request} action="/console/sends" class="form">
        {problem === undefined ? null : (
          <Notice state="bad" role="alert">
            {problem}
          </Notice>
        )}
        <Field id="issue" label="Issue">
          <select class="input" id="issue" name="issue">
            {issues.map(({ key }) => (
              <option value={key} selected={key === given["issue"]}>
                {key}
              </option>
            ))}
          </select>
        </Field>
        <Field id="list" label="List">
          <select class="input" id="list" name="list">
            {lists.map((list) => (
              <option value={list.slug} selected={list.slug === given["list"]}>
                {`${list.name} (${formatCount(list.subscriptions.confirmed)} confirmed)`}
              </option>
            ))}
          </select>
        </Field>
        <Field id="segment" label="Segment" hint="Leave it empty for everybody on the list.">
          <input
            class="input"
            id="segment"
            name="segment"
            value={given["segment"]}
            placeholder='lang = "de"'
            autocomplete="off"
            spellcheck={false}
            aria-describedby="segment-hint"
          />
        </Field>
        <fieldset>
          <legend>When</legend>
          {times.map(([value, words]) => (
            <label class="choice">
              <input type="radio" name="when" value={value} checked={(given["when"] ?? "now") === value} />
              {words}
            </label>
          ))}
        </fieldset>
        <Field id="at" label="Time, unless it is at once">
          <input class="input" id="at" name="at" type="datetime-local" value={given["at"]} />
        </Field>
        <Field id="tz" label="Zone of that time">
          <input
            class="input"
            id="tz"
            name="tz"
            value={given["tz"] ?? lists[0]?.zone}
            list="zones"
            autocomplete="off"
            spellcheck={false}
          />
          <datalist id="zones">
            {zoneNames.map((zone) => (
              <option value={zone}></option>
            ))}
          </datalist>
        </Field>
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
