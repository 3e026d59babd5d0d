import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Pool } from "pg";
import type { AxeJudge } from "../adapters/browser/axe-judge.ts";
import { findChromium } from "../adapters/browser/find-chromium.ts";
import { readAudience } from "../adapters/postgres/audience-rows.ts";
import { readMemberVariants } from "../adapters/postgres/ledger/member-variants.ts";
import { findList } from "../adapters/postgres/lists.ts";
import { probeLinks, type ProbeOptions } from "../adapters/links/probe-links.ts";
import { scoreMail } from "../adapters/spamassassin/score-mail.ts";
import { createSegmentMatcher } from "../audience/matches-segment.ts";
import { createAudienceCheck } from "../check/check-audience.ts";
import { checkClients } from "../check/check-clients.ts";
import { checkIssue } from "../check/check-issue.ts";
import { checkMessage } from "../check/check-message.ts";
import { checkTheme, checkUnshown } from "../check/check-template.ts";
import { createFinding } from "../check/create-finding.ts";
import type { Finding } from "../check/finding.ts";
import { createLocator } from "../check/locate.ts";
import { walkIssue } from "../check/walk-issue.ts";
import { neutralKey, representativeKeys, variantsMax } from "../digest/block-audiences.ts";
import type { CompileInputs } from "../digest/compile-digest.ts";
import type { Digest } from "../domain/digest.ts";
import type { Message } from "../domain/message.ts";
import { fillSlots } from "../domain/slotted-text.ts";
import type { List } from "../domain/subscriber.ts";
import type { TemplateSource } from "../domain/template.ts";
import { InputError, UnavailableError, type Place } from "../lib/errors.ts";
import { compileVariants, readInputs, type CompileSources } from "./compile-issue.ts";
import type { Config } from "./config.ts";
import { templatesRoot } from "./project.ts";
import { composeFor, inventReader, sampleSender, variantOf } from "./render-issue.ts";

export interface CheckOptions {
  /** The pre-flight over every member of this list. */
  readonly list?: { readonly pool: Pool; readonly slug: string };
  /** Ask every link whether it answers. */
  readonly online?: boolean;
  readonly probe?: ProbeOptions;
  /** Ask the local SpamAssassin. */
  readonly spam?: boolean;
  /** Show the mail in a Chromium of this machine and ask axe. */
  readonly axe?: boolean;
  readonly templatesRoot?: string;
}

export interface CheckReport {
  readonly findings: readonly Finding[];
  /** Recipients looked at, over all files. */
  readonly recipients: number;
  /** What was asked for and could not be looked at, in a line each. */
  readonly notes: readonly string[];
}

/**
 * Checks issue files one after the other; a file that can't be read or compiled is a finding like any other.
 * @throws UnavailableError `chromium-failed` where a browser was asked for and there is one that doesn't start
 */
export async function checkIssues(
  files: readonly string[],
  config: Config,
  options: CheckOptions = {},
): Promise<CheckReport> {
  const findings: Finding[] = [];
  const notes: string[] = [];
  let recipients = 0;
  const list = options.list ? await findList(options.list.pool, options.list.slug) : null;
  const judge = options.axe ? await openJudge(config, notes) : null;
  try {
    for (const file of files) {
      const report = await checkFile(file, config, { ...options, judge }, list);
      findings.push(...report.findings);
      recipients += report.recipients;
    }
  } finally {
    await judge?.stop();
  }
  return { findings, recipients, notes };
}

async function openJudge(config: Config, notes: string[]): Promise<AxeJudge | null> {
  try {
    const executablePath = await findChromium(config.chromiumPath);
    // Loads a driver of some megabytes: only where it is asked for.
    const { startAxeJudge } = await import("../adapters/browser/axe-judge.ts");
    return await startAxeJudge(executablePath);
  } catch (error) {
    if (!(error instanceof UnavailableError) || error.code !== "chromium-missing") throw error;
    notes.push(`axe was not asked. ${error.message}`);
    return null;
  }
}

type FileReport = Omit<CheckReport, "notes">;

async function checkFile(
  file: string,
  config: Config,
  options: CheckOptions & { readonly judge: AxeJudge | null },
  list: List | null,
): Promise<FileReport> {
  const start: Place = { file, line: 1, column: 1 };
  let stage: "schema" | "template" = "schema";
  try {
    const sources: CompileSources = {
      publicUrl: config.publicUrl,
      dataDir: config.dataDir,
      ...(options.templatesRoot === undefined ? {} : { templatesRoot: options.templatesRoot }),
    };
    const inputs = await readInputs(file, list?.sender ?? sampleSender, sources);
    stage = "template";
    const digest = await compileVariants(inputs, (audiences) => chooseVariants(options, list, audiences));
    const { issue, template } = inputs;
    const text = await readFile(file, "utf8");
    const message = composeSample(config, digest, list);
    const pieces: (readonly Finding[])[] = [
      checkIssue(issue, inputs.pictures, digest, { text, template }),
      checkUnshown(inputs, text),
      checkTheme(template, await readSettings(sources, template.name)),
      await checkClients(digest, template),
      message ? checkMessage(message.bytes, start) : [],
    ];
    if (options.judge) pieces.push(await checkWithAxe(options.judge, inputs, digest, text));
    if (options.online) pieces.push(await checkOnline(inputs, text, options.probe));
    if (options.spam && message) pieces.push(await checkSpam(message, start));
    const audience = options.list && list ? await checkList(options.list.pool, list, inputs, digest) : null;
    if (audience) pieces.push(audience.findings);
    const silenced = new Set(issue.silenced.map(({ rule }) => rule));
    const findings = pieces.flat().filter(({ rule }) => !silenced.has(rule));
    return { findings, recipients: audience?.recipients ?? 0 };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const findings = error.problems.map((problem) => createFinding(stage, problem.place ?? start, problem.message, ""));
    return { findings, recipients: 0 };
  }
}

/** The template's own settings as they stand, for the places in them; empty where it has none. */
async function readSettings(sources: CompileSources, name: string): Promise<TemplateSource> {
  const file = `${name}/template.yaml`;
  const text = await readFile(join(sources.templatesRoot ?? templatesRoot, file), "utf8").catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    },
  );
  return { file, text };
}

/** Those that the list's members have, or where no list is named a few that show every block. */
async function chooseVariants(
  { list: asked }: CheckOptions,
  list: List | null,
  audiences: Digest["audiences"],
): Promise<readonly string[]> {
  if (!asked || !list) return representativeKeys(audiences.length);
  const members = await readMemberVariants(asked.pool, { listId: list.id, audiences, limit: variantsMax + 1 });
  return [neutralKey(audiences.length), ...members];
}

/** The mail of somebody who has every value; `null` where none can be made. */
function composeSample(config: Config, digest: Digest, list: List | null): Message | null {
  const attributes: Record<string, string> = {};
  for (const variant of digest.variants.values())
    for (const { slots } of [variant.subject, variant.text.source, variant.html.source])
      for (const { name } of slots) attributes[name.replace(/^subscriber\./, "")] = "Ada";
  const reader = inventReader("ada@example.com", { attributes });
  const own = variantOf(digest.audiences, reader);
  const variant = digest.variants.has(own) ? own : ([...digest.variants.keys()].at(-1) ?? own);
  return composeFor(config, digest, list, reader, { kind: "delivery", id: { campaign: 1, number: 1 } }, variant);
}

/** The fullest variant, for somebody who gave no name. A finding stands where its words do, else at the file's beginning. */
async function checkWithAxe(
  judge: AxeJudge,
  { issue }: CompileInputs,
  digest: Digest,
  text: string,
): Promise<readonly Finding[]> {
  const start: Place = { file: issue.file, line: 1, column: 1 };
  const [html] = [...digest.variants.values()]
    .map((variant) => fillSlots(variant.html.source, ({ name, fallback }) => fallback ?? name))
    .toSorted((a, b) => b.length - a.length);
  if (html === undefined) return [];
  const locate = createLocator(text, []);
  return (await judge.judge(html)).map(({ rule, help, scheme, html: element, words }) =>
    createFinding(
      "axe",
      locate(words.split("\n")[0] as string, start),
      `In the ${scheme}: ${help} (${rule}): ${element}`,
      `https://dequeuniversity.com/rules/axe/ says how, under ${rule}.`,
    ),
  );
}

async function checkOnline(inputs: CompileInputs, text: string, probe?: ProbeOptions): Promise<readonly Finding[]> {
  const { issue } = inputs;
  const starts = issue.blocks.map(({ place }) => place);
  const { links } = walkIssue(issue, createLocator(text, starts));
  const verdicts = await probeLinks(
    links.map(({ href }) => href),
    probe,
  );
  return verdicts.flatMap(({ href, state, detail }) => {
    const place = links.find((link) => link.href === href)?.place ?? { file: issue.file };
    if (state === "alive") return [];
    if (state === "dead")
      return [
        createFinding("link-dead", place, `The link to ${href} is dead: ${detail}.`, "Correct it, or take it out."),
      ];
    return [
      createFinding("link-unsure", place, `The link to ${href} can't be judged: ${detail}.`, "Look for yourself."),
    ];
  });
}

async function checkSpam(message: Message, place: Place): Promise<readonly Finding[]> {
  const judged = await scoreMail(message.bytes);
  if (!judged) {
    const words = "SpamAssassin is not installed here, or gave no answer, so nothing is known of its score.";
    return [createFinding("spam-score", place, words, "Debian: apt install spamassassin.")];
  }
  if (judged.score < judged.required) return [];
  const words = `SpamAssassin gives ${judged.score} of ${judged.required} points: ${judged.tests.join(", ")}.`;
  return [createFinding("spam-score", place, words, "Change what the named tests are about.")];
}

async function checkList(pool: Pool, list: List, { issue }: CompileInputs, digest: Digest): Promise<FileReport> {
  const check = createAudienceCheck(issue, digest);
  const matchers = digest.audiences.map(createSegmentMatcher);
  for await (const rows of readAudience(pool, list.id))
    for (const row of rows)
      check.add({ ...row, variant: matchers.map((matches) => (matches(row) ? "1" : "0")).join("") });
  return { findings: check.findings(), recipients: check.count() };
}
