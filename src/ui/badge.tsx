import type { Child } from "hono/jsx";
import { Icon, type IconName } from "./icon.tsx";

export type State = "good" | "warn" | "bad" | "accent" | "neutral";

const stateIcons: Partial<Record<State, IconName>> = { good: "check", warn: "warning", bad: "cross" };

/** A state in a word or two, with a colour and a sign beside it. */
export function Badge(props: { readonly state?: State; readonly href?: string; readonly children?: Child }) {
  const icon = stateIcons[props.state ?? "neutral"];
  const content = (
    <>
      {icon ? <Icon name={icon} /> : null}
      {props.children}
    </>
  );
  if (props.href === undefined)
    return (
      <span class="badge" data-state={props.state}>
        {content}
      </span>
    );
  return (
    <a class="badge" data-state={props.state} href={props.href}>
      {content}
    </a>
  );
}

/** A sentence about the whole of what stands below it. */
export function Notice(props: {
  readonly state?: State;
  readonly role?: "status" | "alert";
  readonly children?: Child;
}) {
  const icon = stateIcons[props.state ?? "neutral"];
  return (
    <div class="notice" data-state={props.state} role={props.role}>
      {icon ? <Icon name={icon} /> : null}
      <div class="notice-words">{props.children}</div>
    </div>
  );
}
