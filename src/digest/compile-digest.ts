import type { Digest, DigestEvent, DigestVariant } from "../domain/digest.ts";
import type { Block, Issue } from "../domain/issue.ts";
import type { Pictures } from "../domain/pictures.ts";
import type { SlottedText } from "../domain/slotted-text.ts";
import type { Sender } from "../domain/subscriber.ts";
import type { Template } from "../domain/template.ts";
import { assert } from "../lib/assert.ts";
import { InputError } from "../lib/errors.ts";
import { chooseVariantKeys, findAudiences, selectBlocks } from "./block-audiences.ts";
import { createBoundary } from "./boundary.ts";
import { formatCalendar } from "./calendar.ts";
import { compileMjml, refuseMjml } from "./compile-mjml.ts";
import { createDigestId } from "./digest-id.ts";
import { viewDigest, type DigestView } from "./digest-view.ts";
import { encodePart } from "./encode-part.ts";
import { splitHtml } from "./html-slots.ts";
import { createLineTrace } from "./line-trace.ts";
import { minifyHtml } from "./minify-html.ts";
import { createTemplateRenderer, type TemplateRenderer } from "./render-template.ts";
import { createSlotMarkers, type MarkerPosition, type SlotMarkers } from "./slot-markers.ts";
import { createSlotHelpers } from "./slot-helpers.ts";
import { createTextHelpers } from "./text-helpers.ts";
import { splitText } from "./text-slots.ts";
import { tidyText } from "./tidy-text.ts";

export interface CompileInputs {
  readonly issue: Issue;
  readonly template: Template;
  readonly sender: Sender;
  /** Every picture and chart of the issue, resolved. */
  readonly pictures: Pictures;
  /** Where our own pages are reached, without a slash at its end; calendar links are made of it. */
  readonly publicUrl: string;
  /** The variants to compile; by default every combination of the issue's audiences. */
  readonly variantKeys?: readonly string[];
}

/**
 * Puts an Issue through a Template: Handlebars once and MJML once for every variant, never for a recipient. What differs
 * between recipients is left open as slots. Pure: the same inputs give the same Digest.
 * @throws InputError when the template can't be used (with its file and line) or there are too many variants
 */
export async function compileDigest(inputs: CompileInputs): Promise<Digest> {
  const { issue, sender } = inputs;
  const id = createDigestId(inputs);
  const audiences = findAudiences(issue.blocks);
  const keys = chooseVariantKeys(audiences.length, inputs.variantKeys);
  const renderer = rendererOf(inputs.template);
  const variants = new Map<string, DigestVariant>();
  for (const key of keys) {
    const blocks = selectBlocks(issue.blocks, audiences, key);
    variants.set(key, await compileVariant(inputs, renderer, id, key, blocks));
  }
  return {
    id,
    issueSlug: issue.slug,
    listSlug: sender.listSlug,
    lang: issue.lang,
    audiences,
    events: findEvents(issue, sender),
    sender: {
      fromName: sender.fromName,
      fromAddress: sender.fromAddress,
      replyTo: sender.replyTo,
      listName: sender.listName,
      listId: sender.listId,
    },
    variants,
  };
}

/** Handlebars takes longer to compile a template's sources than MJML its output: once for the same Template object. */
const renderers = new WeakMap<Template, TemplateRenderer>();

export function rendererOf(template: Template): TemplateRenderer {
  const renderer = renderers.get(template) ?? createTemplateRenderer(template);
  renderers.set(template, renderer);
  return renderer;
}

async function compileVariant(
  inputs: CompileInputs,
  renderer: TemplateRenderer,
  digestId: string,
  key: string,
  blocks: readonly Block[],
): Promise<DigestVariant> {
  const { issue, template, sender } = inputs;
  const markers = createSlotMarkers(
    JSON.stringify([issue, template.layout, template.text, [...template.partials], sender]),
  );
  const view = viewDigest({ ...inputs, digestId, blocks, markers });
  const html = await compileHtml(template, renderer, view, markers);
  const text = compileText(renderer, view, markers);
  const subject = markers.split(view.subject, () => "header");
  return {
    key,
    subject,
    boundary: createBoundary(`${digestId} ${key}`),
    text: encodePart(text, "text/plain; charset=utf-8"),
    html: encodePart(html, "text/html; charset=utf-8"),
  };
}

async function compileHtml(
  template: Template,
  renderer: TemplateRenderer,
  view: DigestView,
  markers: SlotMarkers,
): Promise<SlottedText> {
  const helpers = createSlotHelpers(markers);
  const mjml = renderer.render("layout", view, helpers);
  const result = await compileMjml(mjml);
  if (result.html === null) {
    // Only now is it worth running the template again with its lines noted.
    const trace = createLineTrace();
    trace.strip(createTemplateRenderer(template, trace).render("layout", view, helpers));
    refuseMjml(result.findings, trace.placeOf);
  }
  const html = minifyHtml(result.html);
  refuseLostSlots(template, markers.find(mjml), markers.find(html));
  return splitHtml(html, markers);
}

/** MJML drops text that stands where it takes tags only; a slot in it would be missing without a word. */
function refuseLostSlots(
  template: Template,
  written: readonly MarkerPosition[],
  left: readonly MarkerPosition[],
): void {
  const count = (positions: readonly MarkerPosition[], name: string) =>
    positions.filter((position) => position.name === name).length;
  const lost = written.find(({ name }) => count(left, name) < count(written, name));
  if (!lost) return;
  const message = `MJML drops a slot {{${lost.name}}}; it has to stand in mj-text, mj-raw or an attribute that is written.`;
  throw new InputError({ code: "template-slot", message, place: { file: template.layout.file } });
}

function compileText(renderer: TemplateRenderer, view: DigestView, markers: SlotMarkers): SlottedText {
  const helpers = { ...createSlotHelpers(markers), ...createTextHelpers(view, markers) };
  const text = tidyText(renderer.render("text", view, helpers));
  return splitText(text, markers);
}

function findEvents(issue: Issue, sender: Sender): readonly DigestEvent[] {
  const events = issue.blocks.flatMap((block) =>
    block.type === "events" ? block.groups.flatMap((group) => group.events) : [],
  );
  return events.map((event, position) => {
    assert(event.index === position, "Events are numbered through the whole issue.");
    const { start, zone } = event;
    const calendar = formatCalendar(event, { issue, listId: sender.listId });
    return { instantMs: start.instantMs, zone, wholeDay: start.time === undefined, calendar };
  });
}
