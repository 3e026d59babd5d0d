import type { SubscriberChanges, SubscriberDetails } from "../../adapters/postgres/subscribers.ts";
import { zoneNames } from "../../domain/zone.ts";
import { InputError } from "../../lib/errors.ts";
import { Notice } from "../../ui/badge.tsx";
import { LinkButton, SubmitButton } from "../../ui/button.tsx";
import type { ConsoleRequest } from "./console-request.ts";
import { Field, Form, renderConsolePage } from "./console-page.tsx";

/** Attributes that everybody is offered; an import makes them of a name's columns. */
const nameFields = [
  ["firstName", "First name"],
  ["lastName", "Last name"],
] as const;
const attributePrefix = "attribute:";
/** A field holds a few words; the form as a whole is bounded too. */
const valueCharactersMax = 1_000;

/**
 * What a form changes of a person: only what was written differently, so that two colleagues don't undo each other's
 * fields. Emptied is taken away.
 * @throws InputError `bad-attribute`
 */
export function changesOf(form: URLSearchParams, person: SubscriberDetails): SubscriberChanges {
  const attributes: Record<string, string | null> = {};
  for (const [field, value] of form) {
    if (!field.startsWith(attributePrefix)) continue;
    const name = field.slice(attributePrefix.length);
    if (value.trim() !== (person.attributes[name] ?? "")) attributes[name] = emptyAsNull(value);
  }
  const added = (form.get("newName") ?? "").trim();
  const addedValue = emptyAsNull(form.get("newValue"));
  if (added !== "" && addedValue !== null) attributes[added] = addedValue;
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value.length > valueCharactersMax)
      throw new InputError({
        code: "bad-attribute",
        message: `${name} has ${value.length} characters; ${valueCharactersMax} are allowed.`,
      });
  }
  const lang = emptyAsNull(form.get("lang"));
  const zone = emptyAsNull(form.get("zone"));
  const topics = (form.get("topics") ?? "").split(",").flatMap((topic) => emptyAsNull(topic) ?? []);
  return {
    ...(lang === person.lang ? {} : { lang }),
    ...(zone === person.zone ? {} : { zone }),
    ...(topics.join() === person.topics.join() ? {} : { topics }),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
}

function emptyAsNull(text: string | null): string | null {
  const trimmed = text?.trim() ?? "";
  return trimmed === "" ? null : trimmed;
}

/** @param given what somebody wrote already, kept where something was wrong */
export function renderEditing(
  request: ConsoleRequest,
  person: SubscriberDetails,
  given: { readonly form?: URLSearchParams; readonly problem?: string },
): Promise<Response> {
  const path = `/console/people/${person.id}`;
  const named = nameFields.map(([name]) => name as string);
  const others = Object.keys(person.attributes).filter((name) => !named.includes(name));
  const text = (id: string, label: string, stored: string, more: { hint?: string; list?: string } = {}) => (
    <Field id={id} label={label} {...(more.hint === undefined ? {} : { hint: more.hint })}>
      <input
        class="input"
        id={id}
        name={id}
        value={given.form?.get(id) ?? stored}
        maxlength={valueCharactersMax}
        list={more.list}
        autocomplete="off"
        aria-describedby={more.hint === undefined ? undefined : `${id}-hint`}
      />
    </Field>
  );
  return renderConsolePage(request, {
    title: `Edit ${person.address}`,
    section: "people",
    lead: "The address itself stays: readers change it on their own page, where they confirm it.",
    status: given.problem === undefined ? 200 : 422,
    children: (
      <Form request={request} action={`${path}/edit`} class="form">
        {given.problem === undefined ? null : (
          <Notice state="bad" role="alert">
            {given.problem}
          </Notice>
        )}
        {nameFields.map(([name, label]) => text(`${attributePrefix}${name}`, label, person.attributes[name] ?? ""))}
        {text("lang", "Language", person.lang ?? "", { hint: "A tag such as de or pt-BR." })}
        {text("zone", "Zone", person.zone ?? "", { hint: "Such as Europe/Berlin.", list: "zones" })}
        <datalist id="zones">
          {zoneNames.map((zone) => (
            <option value={zone}></option>
          ))}
        </datalist>
        {text("topics", "Topics", person.topics.join(", "), { hint: "Separated by commas." })}
        {others.map((name) => text(`${attributePrefix}${name}`, name, person.attributes[name] ?? ""))}
        <fieldset>
          <legend>One more field</legend>
          {text("newName", "Its name", "", { hint: "As a mail names it: {{subscriber.company}} is company." })}
          {text("newValue", "Its value", "")}
        </fieldset>
        <div class="row">
          <SubmitButton kind="primary">Save</SubmitButton>
          <LinkButton href={path}>Leave it as it was</LinkButton>
        </div>
      </Form>
    ),
  });
}
