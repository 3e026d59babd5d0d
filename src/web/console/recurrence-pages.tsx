import { allListNames, type ListName } from "../../adapters/postgres/lists.ts";
import { listRecurrences } from "../../adapters/postgres/recurrences.ts";
import { endRecurrence, makeRecurrence } from "../../app/make-recurrence.ts";
import { issuesRoot } from "../../app/project.ts";
import { zoneNames } from "../../domain/zone.ts";
import { InputError } from "../../lib/errors.ts";
import { Notice } from "../../ui/badge.tsx";
import { SubmitButton } from "../../ui/button.tsx";
import { Table } from "../../ui/table.tsx";
import type { ConsoleHandler, ConsoleRequest } from "./console-request.ts";
import { Empty, Field, Form, renderConsolePage } from "./console-page.tsx";
import { Moment } from "./moment.tsx";
import { readNumber } from "./read-number.ts";
import { cronOf, rhythmWords, weekdays, weeks } from "./rhythm.ts";
import { isAllowed, type ClosedRoute } from "./routes.ts";

export const recurrenceHandlers: Record<
  Extract<ClosedRoute, "recurrences" | "makeRecurrence" | "endRecurrence">,
  ConsoleHandler
> = {
  recurrences: (request) => renderRecurrences(request),
  async makeRecurrence(request) {
    const { c, config, pool, form, session } = request;
    const text = (name: string): string | null => form.get(name)?.trim() || null;
    try {
      await makeRecurrence(pool, config, `user:${session.user.id}`, {
        folder: issuesRoot,
        cron: cronOf(form),
        tz: text("tz"),
        list: text("list") ?? "",
        segment: text("segment"),
        // What nobody approved goes out by no form of the console.
        needsApproval: true,
      });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return renderRecurrences(request, Object.fromEntries(form), error);
    }
    return c.redirect("/console/recurrences?done=recurrence-made", 303);
  },
  async endRecurrence({ c, config, pool, session }) {
    await endRecurrence(pool, config, `user:${session.user.id}`, readNumber(c.req.param("id")));
    return c.redirect("/console/recurrences?done=recurrence-removed", 303);
  },
};

async function renderRecurrences(
  request: ConsoleRequest,
  given: Readonly<Record<string, string>> = {},
  error?: InputError,
): Promise<Response> {
  const { pool, session } = request;
  const recurrences = await listRecurrences(pool);
  const mayEnd = isAllowed(session.user.role, "endRecurrence");
  return renderConsolePage(request, {
    title: "Recurring sends",
    section: "sends",
    lead: (
      <>
        Each time the newest issue whose send to that list somebody approved, as soon as it is started. The{" "}
        <a href="/console/calendar">calendar</a> shows their days.
      </>
    ),
    status: error ? 422 : 200,
    children: (
      <>
        {recurrences.length === 0 ? (
          <Empty>
            <h2>Nothing comes again by itself</h2>
            <p>
              A weekly or monthly letter: propose and approve its send as usual, and it goes out when its time comes
              instead of when somebody presses. Without an approved issue nothing goes out.
            </p>
          </Empty>
        ) : (
          <Table
            label="Recurring sends"
            columns={["When", "List", "Segment", "Sends", "Next", "Last time", ...(mayEnd ? ["End it"] : [])]}
          >
            {recurrences.map((recurrence) => (
              <tr>
                <td class="phrase">
                  {rhythmWords(recurrence.cron)}, {recurrence.zone}
                </td>
                <td>{recurrence.list}</td>
                <td>{recurrence.segment === null ? "everybody" : <code>{recurrence.segment}</code>}</td>
                <td>{recurrence.needsApproval ? "approved issues" : "the newest issue, approved or not"}</td>
                <td>
                  <Moment at={recurrence.nextAt} />
                </td>
                <td class="phrase">{recurrence.lastSaid ?? <span class="muted">not yet</span>}</td>
                {mayEnd ? (
                  <td>
                    <Form request={request} action={`/console/recurrences/${recurrence.id}/end`}>
                      <SubmitButton kind="danger" label={`End recurring send ${recurrence.id}`}>
                        End
                      </SubmitButton>
                    </Form>
                  </td>
                ) : null}
              </tr>
            ))}
          </Table>
        )}
        {isAllowed(session.user.role, "makeRecurrence") ? (
          <RecurrenceForm request={request} given={given} error={error} lists={await allListNames(pool)} />
        ) : null}
      </>
    ),
  });
}

const fieldOfCode: Readonly<Record<string, string>> = {
  "unknown-zone": "tz",
  "bad-cron": "cron",
  "bad-time": "time",
  "segment-syntax": "segment",
};

function RecurrenceForm(props: {
  readonly request: ConsoleRequest;
  readonly given: Readonly<Record<string, string>>;
  readonly error: InputError | undefined;
  readonly lists: readonly ListName[];
}) {
  const { given, lists, error } = props;
  const field = fieldOfCode[error?.problems[0]?.code ?? ""];
  const words = error?.message.replace(/^--[a-z]+(?: ".*?")?: /, "");
  const problem = (name: string) => (field === name ? words : undefined);
  if (lists.length === 0) return null;
  return (
    <section class="section">
      <h2>Make a new one</h2>
      <Form request={props.request} action="/console/recurrences" class="form">
        {error && field === undefined ? (
          <Notice state="bad" role="alert">
            {words}
          </Notice>
        ) : null}
        <Field id="list" label="List">
          <select class="input" id="list" name="list">
            {lists.map((list) => (
              <option value={list.slug} selected={list.slug === given["list"]}>
                {list.name}
              </option>
            ))}
          </select>
        </Field>
        <Field
          id="segment"
          label="Segment"
          hint="The same as in the approved send; empty for everybody."
          problem={problem("segment")}
        >
          <input
            class="input"
            id="segment"
            name="segment"
            value={given["segment"]}
            autocomplete="off"
            spellcheck={false}
            aria-describedby="segment-hint"
          />
        </Field>
        <div class="thirds">
          <Field id="week" label="Which weeks">
            <select class="input" id="week" name="week">
              {weeks.map(([value, name]) => (
                <option value={value} selected={value === given["week"]}>
                  {name}
                </option>
              ))}
            </select>
          </Field>
          <Field id="weekday" label="Day">
            <select class="input" id="weekday" name="weekday">
              {weekdays.map(([value, name]) => (
                <option value={value} selected={value === (given["weekday"] ?? "2")}>
                  {name}
                </option>
              ))}
            </select>
          </Field>
          <Field id="time" label="Time" problem={problem("time")}>
            <input class="input" id="time" name="time" type="time" value={given["time"] ?? "09:00"} required />
          </Field>
        </div>
        <Field id="tz" label="Zone of that time" hint="Empty for the list's own." problem={problem("tz")}>
          <input
            class="input"
            id="tz"
            name="tz"
            value={given["tz"]}
            list="zones"
            autocomplete="off"
            spellcheck={false}
            aria-describedby="tz-hint"
          />
          <datalist id="zones">
            {zoneNames.map((zone) => (
              <option value={zone}></option>
            ))}
          </datalist>
        </Field>
        <Field
          id="cron"
          label="Or a line of cron, instead of week, day and time"
          hint="Minute, hour, day, month, weekday: 0 9 1 * * is the first of each month at nine."
          problem={problem("cron")}
        >
          <input
            class="input"
            id="cron"
            name="cron"
            value={given["cron"]}
            autocomplete="off"
            spellcheck={false}
            aria-describedby="cron-hint"
          />
        </Field>
        <div>
          <SubmitButton kind="primary">Make it come again</SubmitButton>
        </div>
      </Form>
    </section>
  );
}
