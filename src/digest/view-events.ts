import type { Event } from "../domain/issue.ts";
import { formatEventTime, formatList, type EventTimeText } from "./format-times.ts";
import type { BlockContext } from "./view-blocks.ts";
import { viewAction, viewPlainText, viewProse, type ActionView, type ProseView } from "./view-prose.ts";
import { wordsFor } from "./words/words.ts";

export interface EventView {
  readonly title: string;
  readonly level: number;
  readonly when: EventTimeText;
  /** The slot that shows the same instant where the reader lives; empty for most readers, so it stands at a line's end. */
  readonly readerTime: string;
  readonly location: string | null;
  /** "With Ada and Grace" */
  readonly speakers: string | null;
  readonly body: readonly ProseView[];
  readonly action: ActionView | null;
  readonly calendar: { readonly text: string; readonly label: string; readonly href: string };
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

export function viewEvent(event: Event, level: number, context: BlockContext): Omit<EventView, "isFirst" | "isLast"> {
  const { markers, outline, lang, apart } = context;
  const words = wordsFor(lang);
  const title = viewPlainText(event.title, markers);
  const headingLevel = outline.level(level);
  return {
    title,
    level: headingLevel,
    when: formatEventTime(event, lang, context.editionDate),
    readerTime: event.start.time === undefined ? "" : markers.mark(`event.${event.index}.readerTime`, ""),
    location: event.location === undefined ? null : apart(event.location),
    speakers: event.speakers.length > 0 ? words.with(formatList(event.speakers.map(apart), lang)) : null,
    body: viewProse(event.body, headingLevel, context),
    action: viewAction(event.action, markers),
    calendar: {
      text: words.addToCalendar,
      label: `${words.addToCalendar}: ${title}`,
      href: context.calendarUrl(event),
    },
  };
}
