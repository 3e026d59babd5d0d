import type { Place } from "../lib/errors.ts";
import type { Block, DataBlock, Issue, Picture, Prose } from "./issue.ts";

/** A picture and the place of the block it stands in. */
export interface PlacedPicture {
  readonly picture: Picture;
  readonly place: Place;
}

/** Every picture of an issue, in reading order. */
export function picturesOf(issue: Issue): PlacedPicture[] {
  return issue.blocks.flatMap((block) => picturesInBlock(block).map((picture) => ({ picture, place: block.place })));
}

/** The blocks whose numbers are to be drawn. */
export function chartsOf(issue: Issue): DataBlock[] {
  return issue.blocks.filter((block) => block.type === "data").filter((block) => block.chart !== undefined);
}

function picturesInBlock(block: Block): Picture[] {
  switch (block.type) {
    case "article":
      return [...(block.picture ? [block.picture] : []), ...picturesInProse(block.body)];
    case "picture":
      return [block.picture];
    case "events":
      return [
        ...picturesInProse(block.intro),
        ...block.groups.flatMap((group) => group.events.flatMap((event) => picturesInProse(event.body))),
      ];
    case "links":
      return block.items.flatMap((item) => picturesInProse(item.body));
    case "text":
    case "data":
    case "signoff":
      return picturesInProse(block.body);
    case "quotation":
    case "button":
    case "divider":
      return [];
  }
}

function picturesInProse(prose: readonly Prose[]): Picture[] {
  return prose.flatMap((part): Picture[] => {
    switch (part.type) {
      case "picture":
        return [part.picture];
      case "list":
        return part.items.flatMap(picturesInProse);
      case "quotation":
        return picturesInProse(part.children);
      case "paragraph":
      case "heading":
      case "code":
      case "rule":
        return [];
    }
  });
}
