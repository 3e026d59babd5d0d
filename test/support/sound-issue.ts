/** Issues without a fault, for tests that plant one. */
import type { Random } from "../../src/lib/random.ts";

/** Blocks without a fault; each stands several times in an issue, in an order that the seed decides. */
const soundBlocks: readonly string[] = [
  `  - type: text
    title: About the harbour
    text: |
      Good day {{subscriber.firstName|there}}, the cranes are new.

      ## How they came

      Read [the story of the cranes](https://harbour.example.net/cranes) before the summer.`,
  `  - type: article
    title: A ship came in
    picture: { src: ship.jpg, alt: A ship at the quay }
    text: It is the largest that ever moored here.
    action: { text: See the ship, href: https://harbour.example.net/ship }`,
  `  - type: links
    title: Worth reading
    items:
      - title: A map of the tides
        href: https://tides.example.net/map
      - title: The pilots' diary
        href: https://pilots.example.net/diary`,
  `  - type: events
    groups:
      - place: The quay
        zone: Europe/Berlin
        events:
          - title: An open day
            date: 2026-12-24
            time: "10:00"
            text: Bring the children.`,
  `  - type: divider`,
];

const head = `template: digest
lang: en
subject: New cranes in the harbour
preheader: What they lift, whom they replace, and when you can see them from close by.
title: The harbour
date: 2026-12-01
blocks:`;

/** The text of an issue in which no rule finds anything. */
export function writeIssue(random: Random): string {
  const blocks = [...soundBlocks, ...soundBlocks, ...soundBlocks];
  for (let last = blocks.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random.next() * (last + 1));
    [blocks[last], blocks[other]] = [blocks[other] as string, blocks[last] as string];
  }
  return `${head}\n${blocks.join("\n")}\n`;
}
