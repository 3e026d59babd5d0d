import type { Child } from "hono/jsx";
import { Icon, type IconName } from "./icon.tsx";

export type ButtonKind = "primary" | "normal" | "quiet" | "danger";

interface ButtonLook {
  readonly kind?: ButtonKind;
  readonly icon?: IconName;
  readonly children?: Child;
  /** Announced instead of the words, where these alone say too little. */
  readonly label?: string;
}

/** A button that sends its form. */
export function SubmitButton(
  props: ButtonLook & {
    readonly name?: string;
    readonly value?: string;
    /** Another address than the form's own. */
    readonly formAction?: string;
  },
) {
  return (
    <button
      class="button"
      data-kind={props.kind}
      type="submit"
      name={props.name}
      value={props.value}
      formaction={props.formAction}
      aria-label={props.label}
    >
      {props.icon ? <Icon name={props.icon} /> : null}
      {props.children}
    </button>
  );
}

/** A link that looks like a button: it goes somewhere and changes nothing. */
export function LinkButton(
  props: ButtonLook & {
    readonly href: string;
    readonly download?: boolean;
    readonly current?: boolean;
    readonly id?: string;
  },
) {
  return (
    <a
      class="button"
      id={props.id}
      data-kind={props.kind}
      href={props.href}
      download={props.download}
      aria-label={props.label}
      aria-current={props.current ? "true" : undefined}
    >
      {props.icon ? <Icon name={props.icon} /> : null}
      {props.children}
    </a>
  );
}

/** A form of one button: an act on this server. */
export function ActionButton(
  props: ButtonLook & { readonly action: string; readonly id?: string; readonly confirm?: string },
) {
  return (
    <form method="post" action={props.action} id={props.id} data-confirm={props.confirm}>
      <SubmitButton {...props} />
    </form>
  );
}
