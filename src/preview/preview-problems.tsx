import { Icon } from "../ui/icon.tsx";
import { formatMany } from "../ui/format.ts";
import type { ShownProblem } from "./preview-model.ts";

/** What is wrong, over the last view that was right. */
export function Problems({ problems }: { readonly problems: readonly ShownProblem[] }) {
  if (problems.length === 0) return null;
  return (
    <div class="problems" role="alert">
      <div class="problems-inner">
        <h2>
          <Icon name="warning" /> {formatMany(problems.length, "thing", "things")} to mend
        </h2>
        <p class="small">Below is the last view that could be made. This goes away when the file is right.</p>
        {problems.map((problem) => (
          <section>
            <p class="what">{problem.message}</p>
            {problem.place ? (
              <p class="where">
                {[problem.place.file, problem.place.line, problem.place.column]
                  .filter((part) => part !== undefined)
                  .join(":")}
              </p>
            ) : null}
            <Source problem={problem} />
          </section>
        ))}
      </div>
    </div>
  );
}

function Source({ problem }: { readonly problem: ShownProblem }) {
  if (problem.lines.length === 0) return null;
  const column = problem.place?.column;
  return (
    <pre class="excerpt" tabindex={0} aria-label="The lines in the file">
      {problem.lines.map(({ number, text, isIt }) => (
        <>
          <span class={isIt ? "line it" : "line"}>
            <span class="number">{`${isIt ? ">" : " "} ${String(number).padStart(4)} `}</span>
            {text}
            {"\n"}
          </span>
          {isIt && column !== undefined ? <span class="caret">{`${" ".repeat(7 + column - 1)}^\n`}</span> : null}
        </>
      ))}
    </pre>
  );
}
