import type { Child } from "hono/jsx";

/**
 * A table that scrolls by itself where it is too wide, by keyboard as well. A column named in brackets holds numbers: its
 * title stands at their end too.
 */
export function Table(props: {
  readonly label: string;
  readonly columns: readonly (string | readonly [string])[];
  readonly children?: Child;
}) {
  return (
    <div class="scroll" tabindex={0} role="group" aria-label={props.label}>
      <table>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <th scope="col" class={typeof column === "string" ? undefined : "number"}>
                {typeof column === "string" ? column : column[0]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </div>
  );
}
