import { describe, expect, it } from "vitest";
import { compileDigest } from "../../../src/digest/compile-digest.ts";
import type { Template } from "../../../src/domain/template.ts";
import { InputError } from "../../../src/lib/errors.ts";
import { createRichIssue, resolveEveryPicture, richSender } from "../../support/rich-issue.ts";

const head = "<mj-head><mj-title>{{subject}}</mj-title></mj-head>";

describe("a template that can't be used", () => {
  it("is named with file and line where Handlebars can't read it", async () => {
    const message = await refusal({ layout: "<mjml>\n<mj-body>\n{{#each blocks}}\n</mj-body></mjml>" });
    expect(message).toMatch(/^own\/layout\.mjml\.hbs:\d+: Handlebars can't read on at EOF/);
  });

  it("is named with line and column where it uses a name that isn't there", async () => {
    const partials = { footer: "\n\n  {{words.unsubscibe}}" };
    const message = await refusal({ layout: wrap("<mj-text>{{> footer}}</mj-text>"), partials });
    expect(message).toBe(
      'shared/footer.hbs:3:5: "unsubscibe" is not known here; docs/templates.md lists what a template can use.',
    );
  });

  it.each([
    ["a condition", "{{#if titel}}a{{/if}}", "titel"],
    ["a loop", "{{#each blcks}}a{{/each}}", "blcks"],
    ["a helper's argument", "{{pixels theme.size}}", "theme.size"],
    ["a nested helper", '{{#if (equals (concat tittle "") "a")}}a{{/if}}', "tittle"],
    ["a named argument", '{{slot "subscriber.a" fallback=editon}}', "editon"],
    ["a partial's argument", "{{> footer text=subjct}}", "subjct"],
    ["a path from the top", "{{#each blocks}}{{#if @root.words.wy}}a{{/if}}{{/each}}", "@root.words.wy"],
  ])("is named where %s uses a name that isn't there", async (_, part, name) => {
    const layout = wrap(`<mj-text>\n ${part}</mj-text>`);
    expect(await refusal({ layout, partials: { footer: "" } })).toMatch(
      new RegExp(`^own/layout\\.mjml\\.hbs:2:\\d+: "${name}" is not known here`),
    );
  });

  it("is named where it asks for a partial or a helper that isn't there", async () => {
    expect(await refusal({ layout: wrap("<mj-text>{{> fotter}}</mj-text>") })).toMatch(
      /^own\/layout\.mjml\.hbs.*: there is no partial "fotter"/,
    );
    expect(await refusal({ layout: wrap("<mj-text>\n{{shout title}}</mj-text>") })).toMatch(
      /^own\/layout\.mjml\.hbs:\d+:\d+: .*shout/,
    );
  });

  it("is named where MJML refuses a tag or an attribute, also in a partial inside a loop", async () => {
    const partials = {
      block: '<mj-section>\n<mj-column>\n<mj-text colour="red">a</mj-text>\n</mj-column></mj-section>',
    };
    const layout = `<mjml>${head}<mj-body>{{#each blocks}}\n{{> block}}\n{{/each}}</mj-body></mjml>`;
    const message = await refusal({ layout, partials });
    expect(new Set(message.split("\n"))).toEqual(
      new Set(["shared/block.hbs:3: <mj-text>: Attribute colour is illegal"]),
    );
    expect(await refusal({ layout: wrap("<mj-text>a</mj-text>\n<mj-shout>b</mj-shout>") })).toMatch(
      /^own\/layout\.mjml\.hbs:2: <mj-shout>/,
    );
  });

  it("is named where a tag isn't closed and where it would read files", async () => {
    expect(await refusal({ layout: wrap("<mj-text>a\n<mj-text>b</mj-text>") })).toMatch(
      /own\/layout\.mjml\.hbs:2: <mj-text> stands in an <mj-text>/,
    );
    expect(await refusal({ layout: wrap("\n\n<mj-text>lost") })).toMatch(
      /own\/layout\.mjml\.hbs:3: <\/mj-column> closes nothing: <mj-text> is open here/,
    );
    expect(await refusal({ layout: `<mjml><mj-body>` })).toMatch(/<mjml> is never closed/);
    expect(await refusal({ layout: wrap('\n<mj-include path="../../secret" />') })).toMatch(
      /own\/layout\.mjml\.hbs:2: mj-include would read a file/,
    );
  });

  it("is named where partials call each other without end", async () => {
    const partials = { one: "{{> two}}", two: "{{> one}}" };
    expect(await refusal({ layout: wrap("<mj-text>{{> one}}</mj-text>"), partials })).toMatch(
      /shared\/(one|two)\.hbs: partials are nested more than 60 deep/,
    );
  });

  it.each([
    ["in a style", '<mj-raw><style>a{color:{{slot "subscriber.colour"}} }</style></mj-raw>'],
    ["in a style attribute", '<mj-text><p style="color:{{slot "subscriber.colour"}}">a</p></mj-text>'],
    ["in an event handler", '<mj-text><p onclick="{{slot "subscriber.name"}}">a</p></mj-text>'],
    ["without quotes", "<mj-text><p class={{slot 'subscriber.name'}}>a</p></mj-text>"],
    ["as a tag's name", "<mj-text><{{slot 'subscriber.name'}}>a</p></mj-text>"],
    ["as a whole address", '<mj-text><a href="{{slot "subscriber.site"}}">a</a></mj-text>'],
  ])("is refused for a slot that stands %s", async (_, part) => {
    expect(await refusal({ layout: wrap(part) })).toMatch(/The slot \{\{subscriber\.\w+\}\} stands/);
  });

  it("is refused for a slot that MJML would drop, and for one that nothing fills", async () => {
    expect(await refusal({ layout: wrap("{{slot 'subscriber.name'}}") })).toMatch(
      /drops a slot \{\{subscriber\.name\}\}/,
    );
    expect(await refusal({ layout: wrap("<mj-text>{{slot 'link.home'}}</mj-text>") })).toMatch(
      /own\/layout\.mjml\.hbs: There is no slot "link\.home"/,
    );
  });

  it("may put slots into text, attributes and the middle of an address", async () => {
    const part = `<mj-text><a href="https://example.com/?n={{slot "subscriber.name" fallback="x"}}" title="{{slot "subscriber.name"}}">{{slot "subscriber.name"}}</a><a href="{{links.view}}">b</a></mj-text>`;
    const { variants } = await compile({ layout: wrap(part) });
    expect(variants.get("")?.html.source.slots.map(({ context, fallback }) => [context, fallback])).toEqual([
      ["html", "dear reader"],
      ["url", "x"],
      ["attribute", null],
      ["html", null],
      ["attribute", null],
    ]);
  });
});

interface Sources {
  readonly layout: string;
  readonly text?: string;
  readonly partials?: Readonly<Record<string, string>>;
}

function wrap(part: string): string {
  return `<mjml>${head}<mj-body><mj-section><mj-column>${part}</mj-column></mj-section></mj-body></mjml>`;
}

function compile({ layout, text = "{{title}}", partials = {} }: Sources) {
  const issue = createRichIssue();
  const template: Template = {
    name: "own",
    description: "",
    layout: { file: "own/layout.mjml.hbs", text: layout },
    text: { file: "own/text.hbs", text },
    partials: new Map(
      Object.entries(partials).map(([name, source]) => [name, { file: `shared/${name}.hbs`, text: source }]),
    ),
    theme: {},
  };
  const pictures = resolveEveryPicture(issue);
  return compileDigest({ issue, template, sender: richSender, pictures, publicUrl: "https://news.example.com" });
}

async function refusal(sources: Sources): Promise<string> {
  const refused: unknown = await compile(sources).then(
    () => "compiled without an error",
    (error: unknown) => error,
  );
  expect(refused).toBeInstanceOf(InputError);
  return (refused as InputError).message;
}
