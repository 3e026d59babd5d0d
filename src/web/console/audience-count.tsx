import { sampleAudience, type AudienceSample } from "../../adapters/postgres/audience-sample.ts";
import { findList } from "../../adapters/postgres/lists.ts";
import { parseSegment } from "../../domain/segment-parse.ts";
import { formatCount, formatMany } from "../../ui/format.ts";
import { Table } from "../../ui/table.tsx";
import type { ConsoleRequest } from "./console-request.ts";
import { PersonCells } from "./person-cells.tsx";

/** People to look at: enough to see a mistake in an expression. */
const sampleMax = 10;

/** @throws InputError where list or segment are wrong; UnavailableError where it takes too long */
export async function countAudience({ pool, form }: ConsoleRequest): Promise<AudienceSample> {
  const list = await findList(pool, form.get("list") ?? "");
  const text = form.get("segment")?.trim() ?? "";
  return sampleAudience(pool, list.id, text === "" ? null : parseSegment(text), sampleMax);
}

export function AudienceCount({ sample }: { readonly sample: AudienceSample }) {
  return (
    <div class="section">
      <p>
        <strong>{formatMany(sample.count, "confirmed member")}</strong> of the list. Who of them is left out, and why,
        is what the flight plan says.
      </p>
      {sample.people.length === 0 ? null : (
        <Table label="Some of them" columns={[`${formatCount(sample.people.length)} of them`, "Language", "Zone"]}>
          {sample.people.map((person) => (
            <tr>
              <PersonCells person={person} />
            </tr>
          ))}
        </Table>
      )}
    </div>
  );
}
