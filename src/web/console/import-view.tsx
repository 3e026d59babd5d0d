import type { ImportRun } from "../../adapters/postgres/import-runs.ts";
import { allListNames } from "../../adapters/postgres/lists.ts";
import type { ColumnChoice, ImportPreview } from "../../app/import-runs.ts";
import { Badge, Notice, type State } from "../../ui/badge.tsx";
import { LinkButton, SubmitButton } from "../../ui/button.tsx";
import { formatCount } from "../../ui/format.ts";
import { Table } from "../../ui/table.tsx";
import type { ConsoleRequest } from "./console-request.ts";
import { Empty, Field, Form, renderConsolePage } from "./console-page.tsx";
import { Moment } from "./moment.tsx";

const stateLooks: Readonly<Record<ImportRun["state"], readonly [State, string]>> = {
  uploaded: ["warn", "waits for you"],
  running: ["accent", "runs"],
  done: ["good", "done"],
  failed: ["bad", "failed"],
};

const meaningWords: Readonly<Record<Exclude<ColumnChoice, "field" | "ignore">, string>> = {
  email: "Address",
  firstName: "First name",
  lastName: "Last name",
  lang: "Language",
  zone: "Time zone",
  topics: "Topics",
  status: "Status there",
};

export function columnField(index: number): string {
  return `column${index}`;
}

export async function renderImports(request: ConsoleRequest, runs: readonly ImportRun[]): Promise<Response> {
  const lists = await allListNames(request.pool);
  return renderConsolePage(request, {
    title: "Import people",
    section: "people",
    lead: "A CSV file of people who said yes. You see its columns before anything is taken; repeating an import changes nothing.",
    children: (
      <>
        {lists.length === 0 ? (
          <Empty>
            <h2>There is no list yet</h2>
            <p>
              People join a list. <a href="/console/lists">Make one first.</a>
            </p>
          </Empty>
        ) : (
          <Form request={request} action="/console/imports" class="form" encoding="multipart/form-data">
            <Field id="list" label="List">
              <select class="input" id="list" name="list">
                {lists.map(({ slug, name }) => (
                  <option value={slug}>{name}</option>
                ))}
              </select>
            </Field>
            {/* The last field: what comes after a file is not read. */}
            <Field id="file" label="File" hint="CSV in UTF-8, with a first line that names the columns; up to 256 MiB.">
              <input
                class="input"
                id="file"
                name="file"
                type="file"
                accept=".csv,.tsv,.txt,text/csv"
                required
                aria-describedby="file-hint"
              />
            </Field>
            <div>
              <SubmitButton kind="primary">Upload and look at it</SubmitButton>
            </div>
          </Form>
        )}
        {runs.length === 0 ? null : (
          <section class="section">
            <h2>Latest imports</h2>
            <Table label="Latest imports" columns={["File", "List", "By", "When", "State", ["Accepted"], ["Rejected"]]}>
              {runs.map((run) => (
                <tr>
                  <td>
                    <a href={`/console/imports/${run.id}`}>{run.fileName}</a>
                  </td>
                  <td>{run.listName}</td>
                  <td>{run.madeBy}</td>
                  <td>
                    <Moment at={run.createdAt} />
                  </td>
                  <td>
                    <Badge state={stateLooks[run.state][0]}>{stateLooks[run.state][1]}</Badge>
                  </td>
                  <td class="number">{run.counts ? formatCount(run.counts.accepted) : ""}</td>
                  <td class="number">{run.counts ? formatCount(run.counts.rejected) : ""}</td>
                </tr>
              ))}
            </Table>
          </section>
        )}
      </>
    ),
  });
}

/** @param preview where it waits to be started; with what was chosen already */
export function renderImport(
  request: ConsoleRequest,
  run: ImportRun,
  preview: (ImportPreview & { readonly form: URLSearchParams }) | null,
  problem?: string,
): Promise<Response> {
  return renderConsolePage(request, {
    title: run.fileName,
    section: "people",
    lead: `Into ${run.listName}, by ${run.madeBy}`,
    follows: run.state === "running",
    status: problem === undefined ? 200 : 422,
    children: (
      <>
        {problem === undefined ? null : (
          <Notice state="bad" role="alert">
            {problem}
          </Notice>
        )}
        {preview ? <Mapping request={request} run={run} preview={preview} /> : <Outcome run={run} />}
        {preview || run.state === "running" ? null : (
          <div>
            <LinkButton href="/console/imports">Import another file</LinkButton>
          </div>
        )}
      </>
    ),
  });
}

function Mapping(props: {
  readonly request: ConsoleRequest;
  readonly run: ImportRun;
  readonly preview: ImportPreview & { readonly form: URLSearchParams };
}) {
  const { columns, rows, form } = props.preview;
  return (
    <Form request={props.request} action={`/console/imports/${props.run.id}/start`} class="section">
      <Table label="Columns" columns={["Column", "Becomes", "First rows"]}>
        {columns.map(({ header, guess, fieldName }, index) => {
          const chosen = form.get(columnField(index)) ?? guess;
          return (
            <tr>
              <th scope="row">{header === "" ? <span class="muted">no name</span> : header}</th>
              <td class="phrase">
                <select
                  class="input"
                  name={columnField(index)}
                  aria-label={`What the column ${header} becomes`}
                  disabled={header === ""}
                >
                  {Object.entries(meaningWords).map(([meaning, words]) => (
                    <option value={meaning} selected={chosen === meaning}>
                      {words}
                    </option>
                  ))}
                  <option value="field" selected={chosen === "field"}>{`Field ${fieldName}`}</option>
                  <option value="ignore" selected={chosen === "ignore"}>
                    Leave it out
                  </option>
                </select>
              </td>
              <td class="wide">
                {rows
                  .map((row) => row[index] ?? "")
                  .filter((value) => value !== "")
                  .join(", ")}
              </td>
            </tr>
          );
        })}
      </Table>
      <div class="form">
        <Field
          id="source"
          label="Where these people said yes"
          hint="Kept with each of them as the proof of consent, such as “fair in Leipzig, paper form”."
        >
          <input
            class="input"
            id="source"
            name="source"
            value={form.get("source") ?? ""}
            required
            maxlength={500}
            aria-describedby="source-hint"
          />
        </Field>
        <div>
          <SubmitButton kind="primary">{`Import into ${props.run.listName}`}</SubmitButton>
        </div>
      </div>
    </Form>
  );
}

function Outcome({ run }: { readonly run: ImportRun }) {
  const { counts, state } = run;
  const figures: readonly (readonly [string, number])[] = counts
    ? [
        ["Accepted", counts.accepted],
        ["Updated", counts.updated],
        ["Unchanged", counts.unchanged],
        ["Rejected", counts.rejected],
      ]
    : [["Rows read", run.rowsRead]];
  return (
    <div class="section" data-live={state === "running" ? "open" : "done"}>
      {state === "running" ? (
        <Notice>
          {run.phase === "merging" ? "The database puts it in, all at once." : "The file is being read."} Nothing is
          changed before its end; you may leave this page.
        </Notice>
      ) : null}
      {state === "failed" ? <Notice state="bad">{run.problem}</Notice> : null}
      {state === "uploaded" ? null : (
        <dl class="figures">
          {figures.map(([name, count]) => (
            <div>
              <dt>{name}</dt>
              <dd>{formatCount(count)}</dd>
            </div>
          ))}
        </dl>
      )}
      {counts && counts.rejected > 0 ? (
        <div class="section">
          <p>Each rejected row with its line and the reason. Mend the file and import it as it is.</p>
          <div>
            <LinkButton href={`/console/imports/${run.id}/rejects.csv`} download>
              Download the rejected rows
            </LinkButton>
          </div>
        </div>
      ) : null}
    </div>
  );
}
