import type { Child } from "hono/jsx";

/** A table that scrolls by itself where it is too wide, by keyboard as well. */
export function Table(props: {
  readonly label: string;
  readonly columns: readonly string[];
  readonly children?: Child;
}) {
  return (
    <div class="scroll" tabindex={0} role="group" aria-label={props.label}>
      <table>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <th scope="col">{column}</th>
            ))}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </div>
  );
}
