import type { ListDetails } from "../../adapters/postgres/lists.ts";
import type { ListPages } from "../../adapters/postgres/public-lists.ts";
import type { NewList } from "../../domain/list-settings.ts";
import { zoneNames } from "../../domain/zone.ts";
import { Notice } from "../../ui/badge.tsx";
import { LinkButton, SubmitButton } from "../../ui/button.tsx";
import type { ConsoleRequest } from "./console-request.ts";
import { Field, Form, renderConsolePage } from "./console-page.tsx";

interface GivenList {
  /** `null` for one that is to be made. */
  readonly slug: string | null;
  readonly fields: URLSearchParams;
  readonly problem?: string;
}

export function fieldsOfList({ name, zone, lang, sender, settings }: ListDetails): URLSearchParams {
  const topics = settings["topics"];
  const description = settings["description"];
  return new URLSearchParams({
    name,
    zone,
    lang,
    fromName: sender.fromName,
    fromAddress: sender.fromAddress,
    replyTo: sender.replyTo ?? "",
    postal: sender.postalAddress.join("\n"),
    topics: Array.isArray(topics) ? topics.join(", ") : "",
    description: typeof description === "string" ? description : "",
    ...(settings["signup"] === false ? {} : { signup: "open" }),
    ...(settings["archive"] === true ? { archive: "open" } : {}),
  });
}

/** What was left empty is left to the list's own answer for it. */
export function settingsOfForm(form: URLSearchParams): Omit<NewList, "slug"> {
  const text = (name: string): string => (form.get(name) ?? "").trim();
  const given = (name: "name" | "fromName" | "zone" | "lang") => (text(name) === "" ? {} : { [name]: text(name) });
  return {
    fromAddress: text("fromAddress"),
    ...given("name"),
    ...given("fromName"),
    ...given("zone"),
    ...given("lang"),
    replyTo: text("replyTo") === "" ? null : text("replyTo"),
    postalAddress: text("postal")
      .split(/\r?\n/)
      .filter((line) => line.trim() !== ""),
  };
}

export function pagesOfForm(form: URLSearchParams): ListPages {
  return {
    signup: form.get("signup") === "open",
    archive: form.get("archive") === "open",
    topics: (form.get("topics") ?? "")
      .split(",")
      .map((topic) => topic.trim())
      .filter((topic) => topic !== ""),
    description: (form.get("description") ?? "").trim(),
  };
}

export function renderListForm(request: ConsoleRequest, { slug, fields, problem }: GivenList): Promise<Response> {
  const text = (id: string, label: string, hint?: string, more: { required?: boolean; list?: string } = {}) => (
    <Field id={id} label={label} {...(hint === undefined ? {} : { hint })}>
      <input
        class="input"
        id={id}
        name={id}
        value={fields.get(id) ?? ""}
        required={more.required}
        list={more.list}
        autocomplete="off"
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
      />
    </Field>
  );
  return renderConsolePage(request, {
    title: slug === null ? "New list" : (fields.get("name") ?? slug),
    section: "lists",
    lead:
      slug === null
        ? "An audience with its sender."
        : `The list ${slug}: links and readers' filters know it by this name, which stays.`,
    status: problem === undefined ? 200 : 422,
    children: (
      <Form request={request} action={slug === null ? "/console/lists" : `/console/lists/${slug}`} class="form">
        {problem === undefined ? null : (
          <Notice state="bad" role="alert">
            {problem}
          </Notice>
        )}
        {slug === null
          ? text("slug", "Short name", "Small letters, digits and hyphens; stays for good.", { required: true })
          : null}
        {text("name", "Name", "What readers see.")}
        {text("fromAddress", "Sender's address", undefined, { required: true })}
        {text("fromName", "Sender's name")}
        {text("replyTo", "Answers go to", "Empty: to the sender.")}
        <Field id="postal" label="Postal address" hint="Every mail carries it; without one nothing can be sent.">
          <textarea class="input" id="postal" name="postal" rows={3} aria-describedby="postal-hint">
            {fields.get("postal") ?? ""}
          </textarea>
        </Field>
        {text("zone", "Zone", "Where readers without a known one are assumed to live.", { list: "zones" })}
        <datalist id="zones">
          {zoneNames.map((zone) => (
            <option value={zone}></option>
          ))}
        </datalist>
        {text("lang", "Language", "A tag such as de or pt-BR.")}
        {slug === null ? null : (
          <fieldset>
            <legend>Its public pages</legend>
            <label class="choice">
              <input type="checkbox" name="signup" value="open" checked={fields.get("signup") === "open"} />
              <span>Anybody can sign up</span>
            </label>
            <label class="choice">
              <input type="checkbox" name="archive" value="open" checked={fields.get("archive") === "open"} />
              <span>Sent issues can be read in an archive</span>
            </label>
            {text("topics", "Topics", "What readers can choose on their preference page; separated by commas.")}
            {text("description", "Description", "A sentence on the sign-up page.")}
          </fieldset>
        )}
        <div class="row">
          <SubmitButton kind="primary">{slug === null ? "Make the list" : "Save"}</SubmitButton>
          <LinkButton href="/console/lists">Back</LinkButton>
        </div>
      </Form>
    ),
  });
}
