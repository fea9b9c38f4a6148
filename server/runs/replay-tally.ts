import type { PostingKind } from "@/core/postings/kinds";
import { addPostings, emptyTally, type RunTally } from "@/core/runs/tally";
import type { Advanced } from "../pipeline/advance";
import type { Family } from "../pipeline/families";
import type { Interpreted } from "../pipeline/interpret";
import type { Judged } from "../pipeline/judge";
import type { MessageResult } from "../pipeline/pass";

const APPLIED = new Set(["posted", "verified"]);

/** What reading one message again came to, apart from its shipments. */
export function tallyOfMessage(
  read: Interpreted | undefined,
  result: Pick<MessageResult, "status" | "repeated">,
): RunTally {
  const tally = emptyTally();
  if (read) tally.mappings[`${read.reading.slug} ${read.reading.mappingVersion}`] = 1;
  if (result.status === "failed") return tally;
  tally.messages[result.status === "ignored" ? "ignored" : "read"] = 1;
  tally.events.known = result.repeated;
  return tally;
}

/** What filing a batch came to: its events against those known before, and the postings of its shipments. Each shipment counts once. */
export function tallyOfShipments({ filed }: Pick<Advanced, "filed">, judged: readonly Judged[]): RunTally {
  const tally = emptyTally();
  const filedRows = new Set(filed.events.values());
  for (const { family, postings, looked } of judged) {
    const before = standingBefore(family, filedRows);
    for (const row of filedRows) {
      if (!family.members.has(row.shipmentId)) continue;
      const was = before.get(row.key);
      if (row.withdrawn) tally.events.withdrawn++;
      else if (was === undefined || was.withdrawn) tally.events.new++;
      else tally.events.changed++;
    }
    for (const { kind, held } of postings) addPostings(tally, kind, { planned: 1, held: held === null ? 0 : 1 });
    for (const [kind, applied] of Object.entries(appliedOf(looked.existing)))
      addPostings(tally, kind as PostingKind, { applied });
  }
  return tally;
}

/** Postings that Odoo has, by kind. */
export function appliedOf(existing: Judged["looked"]["existing"]): Partial<Record<PostingKind, number>> {
  const applied: Partial<Record<PostingKind, number>> = {};
  for (const { kind, state } of existing) if (APPLIED.has(state)) applied[kind] = (applied[kind] ?? 0) + 1;
  return applied;
}

type Row = Family["events"][number];

function standingBefore({ events }: Family, filed: ReadonlySet<Row>): Map<string, Row> {
  const standing = new Map<string, Row>();
  for (const row of events) {
    if (filed.has(row)) continue;
    const known = standing.get(row.key);
    if (known === undefined || known.generation < row.generation) standing.set(row.key, row);
  }
  return standing;
}
