/**
 * What `broadsheet preview` shows: an issue file as the mail of one reader, by the code that sends it, compiled again only
 * where its inputs changed, and only in the variant that is looked at.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Pool } from "pg";
import { drawChart } from "../adapters/chart/draw-chart.ts";
import { createMailReader } from "../adapters/catcher/mail-reader.ts";
import { watchFolders } from "../adapters/files/watch-folders.ts";
import { findList } from "../adapters/postgres/lists.ts";
import { findAudiences } from "../digest/block-audiences.ts";
import { compileDigest, type CompileInputs } from "../digest/compile-digest.ts";
import { createDigestId } from "../digest/digest-id.ts";
import { checkIssue } from "../check/check-issue.ts";
import type { Finding } from "../check/finding.ts";
import type { MailContent } from "../domain/caught-mail.ts";
import type { Digest } from "../domain/digest.ts";
import type { Issue } from "../domain/issue.ts";
import type { Message } from "../domain/message.ts";
import type { List } from "../domain/subscriber.ts";
import type { Template } from "../domain/template.ts";
import { InputError, messageOf, type Problem } from "../lib/errors.ts";
import { keepNewest } from "../lib/keep-newest.ts";
import type { CompileSources } from "./compile-issue.ts";
import { readInputs } from "./compile-issue.ts";
import type { Config } from "./config.ts";
import { listIssueFiles, type IssueFile } from "./issue-files.ts";
import { findPreviewReader, type PreviewReader } from "./preview-reader.ts";
import { findPreviousIssue } from "./previous-issue.ts";
import { composeFor, inventReader, sampleSender, variantOf, type Reader } from "./render-issue.ts";
import { sendNow, type SentNow } from "./send-now.ts";
import { subscriberFields } from "./send-issue.ts";
import { weighBlocks, type BlockWeight } from "./weigh-blocks.ts";

/** Digests kept: every variant of an issue and of its neighbours, a few megabytes. */
const digestsMax = 48;
/** Whole mails kept while nothing changes: the frame and what stands around it ask for the same one. */
const mailsMax = 16;
const templatesMax = 8;
/** Charts kept: drawing one takes longer than compiling all the rest. */
const chartsMax = 64;

/** One view of one issue, whole. */
export interface PreviewedMail {
  readonly issue: Issue;
  readonly digest: Digest;
  readonly list: List | null;
  readonly reader: Reader;
  /** Whether the address belongs to a subscriber. */
  readonly isKnown: boolean;
  /** The fields that this variant's slots name. */
  readonly fields: readonly string[];
  readonly variant: string;
  readonly message: Message;
  readonly content: MailContent;
  readonly findings: readonly Finding[];
}

export type PreviewAnswer =
  | { readonly mail: PreviewedMail; readonly problems: null }
  | { readonly mail: null; readonly problems: readonly Problem[] };

export interface LivePreview {
  /** Counts the changes of the watched folders. */
  revision(): number;
  files(): Promise<readonly IssueFile[]>;
  show(file: string, reader: PreviewReader): Promise<PreviewAnswer>;
  /** The digest's id, or a hash of the problems: what tells whether a change concerns this issue. */
  stateOf(file: string, reader: PreviewReader): Promise<string>;
  /** The issue of the same template that was dated last before this one. */
  previous(file: string): Promise<string | null>;
  weigh(file: string, reader: PreviewReader): Promise<readonly BlockWeight[]>;
  sendTest(file: string, reader: PreviewReader, to: string): Promise<SentNow & { readonly messageId: string }>;
  /** Calls back after each change until the answer is called. */
  watch(listener: () => void): () => void;
  stop(): void;
}

export interface LivePreviewOptions {
  readonly config: Config;
  readonly issuesRoot: string;
  readonly templatesRoot: string;
  /** Further folders to watch: that of an issue named outright. */
  readonly folders?: readonly string[];
  /** The list that issues are shown for; the sample sender without one. */
  readonly list?: string;
  /** Opens the database, at the first subscriber that is asked for; `null` where there is none. */
  readonly openPool: () => Promise<Pool | null>;
  readonly smtpUrl: string;
}

export async function startLivePreview(options: LivePreviewOptions): Promise<LivePreview> {
  const { config } = options;
  const listeners = new Set<() => void>();
  let revision = 1;
  let testsSent = 0;
  const inputsOf = new Map<string, { revision: number; inputs: Promise<CompileInputs> }>();
  const digests = new Map<string, Promise<Digest>>();
  const mails = new Map<string, Promise<PreviewedMail>>();
  const charts = new Map<string, Buffer>();
  const templates = new Map<string, Template>();
  let listAsked: Promise<List | null> | undefined;

  const sources: CompileSources = {
    publicUrl: config.publicUrl,
    dataDir: config.dataDir,
    templatesRoot: options.templatesRoot,
    drawChart(block, look) {
      const { place: _place, ...content } = block;
      const key = JSON.stringify([content, look]);
      const known = charts.get(key) ?? drawChart(block, look);
      keepNewest(charts, key, known, chartsMax);
      return known;
    },
  };

  const folders = [options.issuesRoot, options.templatesRoot, ...(options.folders ?? [])];
  const watching = await watchFolders(folders, () => {
    revision += 1;
    for (const listener of listeners) listener();
  });

  const findOwnList = (): Promise<List | null> =>
    (listAsked ??= (async () => {
      if (options.list === undefined) return null;
      const pool = await options.openPool();
      return pool ? findList(pool, options.list) : null;
    })());

  function inputsFor(file: string): Promise<CompileInputs> {
    const known = inputsOf.get(file);
    if (known?.revision === revision) return known.inputs;
    const inputs = findOwnList()
      .then((list) => readInputs(file, list?.sender ?? sampleSender, sources))
      .then((read) => ({ ...read, template: sameTemplate(read.template) }));
    inputsOf.set(file, { revision, inputs });
    inputs.catch(() => undefined);
    return inputs;
  }

  /** The object of before where nothing in it changed: what was compiled of it is kept by it. */
  function sameTemplate(template: Template): Template {
    const { name, description, layout, text, partials, theme } = template;
    const key = JSON.stringify([name, description, layout, text, [...partials], theme]);
    const known = templates.get(key) ?? template;
    keepNewest(templates, key, known, templatesMax);
    return known;
  }

  function digestOf(inputs: CompileInputs, variant: string): Promise<Digest> {
    const key = `${createDigestId(inputs)} ${variant}`;
    const known = digests.get(key) ?? compileDigest({ ...inputs, variantKeys: [variant] });
    keepNewest(digests, key, known, digestsMax);
    known.catch(() => digests.delete(key));
    return known;
  }

  async function compile(file: string, asked: PreviewReader) {
    const [inputs, { reader, isKnown }, list] = await Promise.all([
      inputsFor(file),
      findPreviewReader(asked, options.openPool),
      findOwnList(),
    ]);
    const audiences = findAudiences(inputs.issue.blocks);
    const isOwn = asked.variant.length !== audiences.length || !/^[01]+$/.test(asked.variant);
    const variant = isOwn ? variantOf(audiences, reader) : asked.variant;
    return { inputs, reader, isKnown, list, variant, digest: await digestOf(inputs, variant) };
  }

  async function show(file: string, asked: PreviewReader): Promise<PreviewedMail> {
    const { inputs, digest, list, reader, isKnown, variant } = await compile(file, asked);
    const message = composeFor(config, digest, list, reader, { kind: "notice", id: 1 }, variant);
    const content = await createMailReader(async () => message.bytes).content("1");
    if (!content) throw new Error("The mail that was just composed can be read.");
    const findings = checkIssue(inputs.issue, inputs.pictures, digest, {
      text: await readFile(file, "utf8"),
      template: inputs.template,
    });
    const fields = subscriberFields(digest);
    return { issue: inputs.issue, digest, list, reader, isKnown, fields, variant, message, content, findings };
  }

  return {
    revision: () => revision,
    files: () => listIssueFiles(options.issuesRoot, options.templatesRoot),
    async show(file, asked) {
      try {
        const key = JSON.stringify([revision, file, asked]);
        const mail = mails.get(key) ?? show(file, asked);
        keepNewest(mails, key, mail, mailsMax);
        return { mail: await mail, problems: null };
      } catch (error) {
        return { mail: null, problems: problemsOf(error) };
      }
    },
    async stateOf(file, asked) {
      try {
        const { digest, variant } = await compile(file, asked);
        return `${digest.id} ${variant}`;
      } catch (error) {
        return createHash("sha256")
          .update(JSON.stringify(problemsOf(error)))
          .digest("hex");
      }
    },
    previous: (file) => findPreviousIssue(file, options),
    async weigh(file, asked) {
      const { inputs, variant } = await compile(file, asked);
      return weighBlocks(inputs, variant, digestOf);
    },
    async sendTest(file, asked, to) {
      const { digest, list, reader, variant } = await compile(file, asked);
      const identity = { kind: "notice", id: firstTestNotice + testsSent++ } as const;
      const { address, addressKey, domain } = inventReader(to);
      const message = composeFor(config, digest, list, { ...reader, address, addressKey, domain }, identity, variant);
      return { ...(await sendNow(options.smtpUrl, message)), messageId: message.messageId };
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: () => watching.stop(),
  };
}

/** Far from the numbers that the database gives to notices, so that no two mails share a Message-ID. */
const firstTestNotice = 1_000_000_000 + Math.floor(performance.timeOrigin % 1_000_000_000);

function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof InputError) return error.problems;
  return [{ code: "preview-failed", message: messageOf(error) }];
}
