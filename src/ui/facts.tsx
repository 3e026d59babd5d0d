import type { Child } from "hono/jsx";

/** Names and values side by side; below each other where it is narrow. A value of `null` is left out. */
export function Facts(props: { readonly facts: readonly (readonly [name: string, value: Child | null])[] }) {
  return (
    <dl class="facts">
      {props.facts
        .filter(([, value]) => value !== null)
        .map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
    </dl>
  );
}
