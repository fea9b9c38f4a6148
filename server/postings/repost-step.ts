import { whatForbids } from "@/core/postings/checks";
import { addPostings, emptyTally, type RunTally } from "@/core/runs/tally";
import type { Json } from "@/core/shipments/attributes";
import { workingConnections } from "@/db/queries/odoo-work";
import { type FoundPosting, findByTarget, reopenPostings } from "@/db/queries/outbox";
import { finishItems, type ItemResult, type WorkingRun } from "@/db/queries/replay";
import type { Context } from "../context";
import type { OdooClients } from "../odoo/clients";
import type { Worker } from "../pipeline/work";
import { checksFor, type Grounds, loadGrounds } from "./explain";
import { type LookedUp, lookUp } from "./look-up";

const REOPENABLE = new Set(["rejected", "dead", "unconfirmed", "posted", "verified", "cancelled", "superseded"]);

/** Waits that end only when a person posts it all the same. */
const UP_TO_A_PERSON = new Set(["before_connection", "contradicted"]);

/**
 * Reposts a chunk. Odoo is read first: what it holds already is left alone. A level posting is then written again; an edge that was sent once
 * goes through the look-up of an unconfirmed one, so that it never happens twice.
 */
export async function repostChunk(
  ctx: Context,
  _worker: Worker,
  clients: OdooClients,
  run: WorkingRun,
  items: readonly { position: number; target: string }[],
): Promise<ItemResult[]> {
  const found = await findByTarget(
    ctx.sql,
    items.map((item) => item.target),
  );
  const rows = [...found.values()];
  const looked = await lookAll(ctx, clients, rows);
  const grounds = await loadGrounds(
    ctx.sql,
    rows.map((row) => row.posting.shipmentId),
  );
  const results = items.map((item): ItemResult => {
    const row = found.get(item.target);
    const result = resultOf(item, row, looked, grounds);
    return { ...result, tally: tallyOf(result, row) };
  });
  await ctx.sql.begin(async (tx) => {
    if (!run.dryRun) {
      const go = items.flatMap((item, index) => {
        const row = found.get(item.target);
        return row && results[index]?.result === "changed" ? [row] : [];
      });
      await reopenPostings(tx, go, ctx.now());
    }
    await finishItems(tx, run.id, results, ctx.now());
  });
  return results;
}

function tallyOf({ result }: ItemResult, row: FoundPosting | undefined): RunTally {
  const tally = emptyTally();
  if (row && result === "changed") addPostings(tally, row.posting.kind, { planned: 1 });
  if (row && result === "unchanged") addPostings(tally, row.posting.kind, { applied: 1 });
  return tally;
}

/** Reads Odoo back for postings, a connection at a time; what cannot be read says why. */
export async function lookAll(
  ctx: Context,
  clients: OdooClients,
  rows: readonly FoundPosting[],
): Promise<Map<number, LookedUp>> {
  const looked = new Map<number, LookedUp>();
  const connections = await workingConnections(ctx.sql);
  for (const id of new Set(rows.map((row) => row.connectionId))) {
    const connection = connections.find((c) => c.id === id);
    if (!connection) continue;
    try {
      const client = await clients.get(ctx, connection);
      looked.set(
        id,
        await lookUp(
          client,
          id,
          rows.filter((row) => row.connectionId === id).map((row) => row.posting),
        ),
      );
    } catch (error) {
      looked.set(id, { ok: false, reason: error instanceof Error ? error.message : String(error), down: true });
    }
  }
  return looked;
}

function resultOf(
  item: { position: number },
  row: FoundPosting | undefined,
  looked: ReadonlyMap<number, LookedUp>,
  grounds: Grounds,
): ItemResult {
  const empty = { position: item.position, before: null, after: null };
  if (!row) return { ...empty, result: "skipped", reason: "The posting is gone." };
  const after = row.after;
  const { state, heldBecause } = row.posting;
  const forbidden = whatForbids(checksFor({ ...row.posting, connectionId: row.connectionId }, grounds));
  if (state === "held" && heldBecause === "invalid")
    return { ...empty, after, result: "failed", reason: forbidden?.why ?? "A check failed." };
  if (state === "held" && !UP_TO_A_PERSON.has(heldBecause ?? ""))
    return { ...empty, after, result: "skipped", reason: "It waits, and goes out once what it waits for is done." };
  if (state !== "held" && !REOPENABLE.has(state))
    return { ...empty, after, result: "skipped", reason: `It is ${state} and goes out by itself.` };
  const read = looked.get(row.connectionId);
  if (!read) return { ...empty, after, result: "skipped", reason: "Its Odoo connection is archived." };
  if (!read.ok) return { ...empty, after, result: "failed", reason: `Odoo cannot be read: ${read.reason}` };
  const verdict = read.verdicts.get(row.posting.key);
  if (!verdict) {
    const why = read.unread.get(row.posting.key) ?? "it gave no answer";
    return { ...empty, after, result: "failed", reason: `Odoo cannot be read: ${why}` };
  }
  const before = (verdict?.found ?? null) as Json;
  if (verdict?.verdict === "holds")
    return { position: item.position, before, after, result: "unchanged", reason: "Odoo holds it already." };
  if (verdict?.verdict === "impossible")
    return { position: item.position, before, after, result: "failed", reason: verdict.reason };
  if (forbidden) return { position: item.position, before, after, result: "failed", reason: forbidden.why };
  return { position: item.position, before, after, result: "changed", reason: verdict?.reason ?? null };
}
