import { describe, expect, it } from "vitest";
import { completeList, type NewList } from "../../../src/domain/list-settings.ts";
import { InputError } from "../../../src/lib/errors.ts";

function problemsOf(given: NewList): string[] {
  try {
    completeList(given);
  } catch (thrown) {
    if (thrown instanceof InputError) return thrown.problems.map(({ message }) => message);
    throw thrown;
  }
  return [];
}

describe("a list from little", () => {
  it("needs a slug and a sender", () => {
    expect(completeList({ slug: "news", fromAddress: "News@Bücher.example" })).toEqual({
      slug: "news",
      name: "news",
      fromName: "news",
      fromAddress: "News@xn--bcher-kva.example",
      replyTo: null,
      postalAddress: [],
      listId: "news.xn--bcher-kva.example",
      zone: "UTC",
      lang: "en",
    });
  });

  it("keeps what is given, in its usual spelling", () => {
    const list = completeList({
      slug: "news",
      name: " The News ",
      fromName: "Ada",
      fromAddress: "ada@example.com",
      replyTo: "team@example.com",
      postalAddress: ["1 Example Street", "12345 Town"],
      listId: "Weekly.Example.com",
      zone: "europe/berlin",
      lang: "de_at",
    });
    expect(list).toMatchObject({
      name: "The News",
      listId: "weekly.example.com",
      zone: "Europe/Berlin",
      lang: "de-AT",
    });
  });
});

describe("what is refused", () => {
  const good: NewList = { slug: "news", fromAddress: "news@example.com" };

  it.each<[Partial<NewList>, string]>([
    [{ slug: "News!" }, "lower-case letters"],
    [{ fromAddress: "news" }, "has no @"],
    [{ fromAddress: "zoë@example.com" }, "must be ASCII before the @"],
    [{ replyTo: "nobody" }, "reply-to address"],
    [{ name: "News\r\nBcc: x@example.com" }, "line break"],
    [{ fromName: "" }, "sender's name is empty"],
    [{ postalAddress: ["Street\nTown"] }, "line break"],
    [{ listId: "news" }, "RFC 2919"],
    [{ listId: `${"a".repeat(250)}.example.com` }, "RFC 2919"],
    [{ zone: "Mars/Olympus" }, "not a known time zone"],
    [{ lang: "deutsch" }, "not known"],
  ])("%j: %s", (changes, words) => {
    expect(problemsOf({ ...good, ...changes })).toEqual([expect.stringContaining(words)]);
  });

  it("names every problem at once", () => {
    expect(problemsOf({ slug: "", fromAddress: "", zone: "?", lang: "?" })).toHaveLength(4);
  });
});
