import { z } from "zod";
import { PEOPLE } from "@/core/feeds/feed";
import { belongsTo } from "@/core/reconciliation/deeds";
import { claimsAfter, ruledOut } from "@/core/shipments/correction";
import { normaliseNumber, REFERENCE_KINDS } from "@/core/shipments/references";
import type { Tx } from "@/db/client";
import { nextGeneration } from "@/db/queries/mend";
import { deleteReferences, insertReferenceRows } from "@/db/queries/move-number";
import type { ClaimRow, EventRow, ReferenceRow } from "@/db/queries/pipeline/load";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { clear } from "../exceptions/raise";
import type { Environment } from "../pipeline/environment";
import { type Family, remember } from "../pipeline/families";
import { emptyFiled, type Filed } from "../pipeline/file-facts";
import { claimHash } from "../pipeline/interpret";
import type { Judged } from "../pipeline/judge";
import { judgeNow, lockFamilies, repeated, saveNow, WEB_SLOT } from "./refold";

export const moveNumberInput = z.object({
  number: z.string().trim().min(1).max(100),
  /** The shipment on which it stands wrongly, and the one that it belongs to. */
  from: z.uuid(),
  to: z.uuid(),
  why: z.string().trim().min(3).max(500),
});
export type MoveNumber = z.infer<typeof moveNumberInput>;

/** What a move took away, so that it can be taken back. */
export const movedNumber = z.object({
  number: z.string(),
  from: z.uuid(),
  to: z.uuid(),
  keys: z.array(z.string()),
  references: z.array(
    z.object({
      value: z.string(),
      kind: z.enum(REFERENCE_KINDS),
      issuer: z.string(),
      shipmentId: z.uuid(),
      said: z.string(),
      feedId: z.int(),
      package: z.boolean(),
      master: z.boolean(),
      liveUntilMs: z.number().nullable(),
    }),
  ),
});
export type MovedNumber = z.infer<typeof movedNumber>;

export type NumberMove = {
  before: Judged[];
  after: Judged[];
  env: Environment;
  moved: MovedNumber;
  /** On which of the two it stands rightly by what else is said of them; null where that does not tell. */
  belongs: "here" | "there" | null;
};

/** Shows what both shipments would be after the move, and what it opens, closes and posts. Writes nothing. */
export async function previewMoveNumber(
  ctx: Context,
  actor: Actor,
  input: Omit<MoveNumber, "why">,
): Promise<NumberMove> {
  requireRight(actor, "shipments:link");
  requireRight(actor, "shipments:correct");
  return undone(ctx, async (tx) => (await moveWithin(ctx, tx, input)).move);
}

/**
 * Moves a tracking number, with what carriers told under it, from the shipment on which it stands wrongly to the one that it belongs to: a split
 * and a link in one. It is ruled out there from now on, both are folded again and what follows is planned. Throws `conflict` where it does not
 * stand on both any more. `within` is done in the same transaction.
 */
export async function moveNumber(
  ctx: Context,
  actor: Actor,
  input: MoveNumber,
  within: (tx: Tx, move: NumberMove) => Promise<void> = async () => {},
): Promise<NumberMove> {
  requireRight(actor, "shipments:link");
  requireRight(actor, "shipments:correct");
  return repeated(ctx, async (tx) => {
    const { move, filed, gone } = await moveWithin(ctx, tx, input);
    await deleteReferences(tx, gone);
    await saveNow(ctx, tx, move.after, filed);
    const [first, second] = [move.moved.from, move.moved.to].sort() as [string, string];
    const pair = { homeId: first, kind: "duplicate_shipment" as const, subject: `pair:${second}` };
    const by = actor.kind === "person" ? actor.id : null;
    await clear(ctx, tx, [{ ...pair, why: "The number stands on one of them only.", by }], WEB_SLOT);
    await recordAudit(ctx, tx, actor, {
      action: "shipments.move_number",
      subject: `shipment:${move.moved.from}`,
      before: { number: move.moved.number, on: move.moved.from },
      after: { number: move.moved.number, on: move.moved.to, events: move.moved.keys.length },
      reason: input.why,
    });
    await within(tx, move);
    return move;
  });
}

/** Takes a move back: the number, its events and its references stand where they stood. Throws `conflict` where that cannot be done any more. */
export async function moveNumberBack(
  ctx: Context,
  actor: Actor,
  input: { moved: MovedNumber; why: string },
): Promise<NumberMove> {
  requireRight(actor, "shipments:link");
  requireRight(actor, "shipments:correct");
  const { number, from, to, keys, references } = input.moved;
  return repeated(ctx, async (tx) => {
    const { families, env } = await lockFamilies(tx, [from, to]);
    const [home, other] = [families.family(from), families.family(to)];
    if (!home || !other || home === other) throw new AppError("conflict", "These two are one shipment now.");
    const before = await judgeNow(ctx, tx, env, families, [home, other]);
    const work = new Work(ctx, tx);
    if (!ruledOut(stateOf(before, home), "tracking_number").has(number))
      throw new AppError("conflict", `${number} is not ruled out there any more.`);
    const wanted = new Set(keys);
    await work.moveEvents(other, home, (event) => wanted.has(event.key));
    work.moveClaims(other, home, number, new Set());
    work.rule(home, stateOf(before, home), (out) => out.filter((one) => one !== number));
    home.references.push(...references);
    const after = await judgeNow(ctx, tx, env, families, [home, other]);
    await insertReferenceRows(tx, references, ctx.uuid());
    await saveNow(ctx, tx, after, work.filed);
    await recordAudit(ctx, tx, actor, {
      action: "shipments.move_number_back",
      subject: `shipment:${from}`,
      before: { number, on: to },
      after: { number, on: from, events: work.moved.length },
      reason: input.why,
    });
    return { before, after, env, moved: input.moved, belongs: null };
  });
}

async function moveWithin(ctx: Context, tx: Tx, input: Omit<MoveNumber, "why">) {
  const number = normaliseNumber(input.number);
  const { families, env } = await lockFamilies(tx, [input.from, input.to]);
  const [from, to] = [families.family(input.from), families.family(input.to)];
  if (!from || !to) throw new AppError("not_found", "There is no such shipment.");
  if (from === to) throw new AppError("conflict", "These two are linked: the number is that of both.");
  const before = await judgeNow(ctx, tx, env, families, [from, to]);
  const saidHere = stateOf(before, from).trackingBy;
  const names = (row: ReferenceRow) => row.kind === "tracking_number" && row.value === number;
  const gone = from.references.filter(names);
  const isSaid = saidHere.some(({ numbers }) => numbers.includes(number));
  if (!to.references.some(names))
    throw new AppError("conflict", `${number} does not stand on the other shipment any more.`);
  if (gone.length === 0 && !isSaid)
    throw new AppError("conflict", `${number} does not stand on this shipment any more.`);
  const belongs = belongsTo(number, saidHere, stateOf(before, to).trackingBy);
  const work = new Work(ctx, tx);
  await work.moveEvents(from, to, ({ package: one, feedClass }) => one === number && CARRIERS.has(feedClass));
  work.moveClaims(from, to, number, new Set(work.moved.map(({ messageId }) => messageId)));
  from.references = from.references.filter((row) => !names(row));
  work.rule(from, stateOf(before, from), (out) => [...out, number]);
  if (ruledOut(stateOf(before, to), "tracking_number").has(number))
    work.rule(to, stateOf(before, to), (out) => out.filter((one) => one !== number));
  const after = await judgeNow(ctx, tx, env, families, [from, to]);
  const moved: MovedNumber = {
    number,
    from: from.headId,
    to: to.headId,
    keys: work.moved.map(({ key }) => key),
    references: gone,
  };
  const move: NumberMove = { before, after, env, moved, belongs };
  return { move, filed: work.filed, gone };
}

const CARRIERS: ReadonlySet<string> = new Set(["carrier", "aggregator"]);

/** Gathers in memory what a move changes of the facts of two locked families. */
class Work {
  readonly moved: EventRow[] = [];
  readonly filed: Filed = emptyFiled();
  private readonly generations = new Map<number, number>();
  private readonly ctx: Context;
  private readonly tx: Tx;

  constructor(ctx: Context, tx: Tx) {
    this.ctx = ctx;
    this.tx = tx;
  }

  /** The newest reading of each event that fits stands on `to` and is withdrawn on `from`. */
  async moveEvents(from: Family, to: Family, fits: (event: EventRow) => boolean): Promise<void> {
    for (const row of [...from.byKey.values()]) {
      if (row.withdrawn || !fits(row)) continue;
      const generation = await this.generation(row.feedId);
      this.keep(from, { ...row, generation, withdrawn: true });
      this.keep(to, { ...row, generation, shipmentId: to.headId });
      this.moved.push(row);
    }
  }

  /** What carriers claimed of the package, or in the messages whose events moved, goes with them. */
  moveClaims(from: Family, to: Family, number: string, messages: ReadonlySet<string>): void {
    const goes = (claim: ClaimRow) =>
      CARRIERS.has(claim.feedClass) && (claim.subject === number || messages.has(claim.messageId));
    const going = from.claims.filter(goes);
    if (going.length === 0) return;
    from.claims = from.claims.filter((claim) => !goes(claim));
    for (const claim of going) {
      const known = to.claims.findIndex(
        ({ feedId, subject, attribute, shipmentId }) =>
          feedId === claim.feedId &&
          subject === claim.subject &&
          attribute === claim.attribute &&
          shipmentId === to.headId,
      );
      const stands = known < 0 ? null : (to.claims[known] as ClaimRow);
      if (stands && stands.occurredAtMs >= claim.occurredAtMs) continue;
      const own = { ...claim, shipmentId: to.headId };
      if (known < 0) to.claims.push(own);
      else to.claims[known] = own;
      this.write(to, to.headId, claim.feedId, claim.subject);
    }
    for (const { shipmentId, feedId, subject } of going) this.write(from, shipmentId, feedId, subject);
  }

  /** Changes which numbers people ruled out; what they decided besides stays. */
  rule(family: Family, shipment: Judged["saved"]["shipment"], change: (out: string[]) => string[]): void {
    const out = [...new Set(change([...ruledOut(shipment, "tracking_number")]))].sort();
    const said = claimsAfter(shipment, "tracking_number", { ruledOut: out });
    const byPeople = family.claims.filter(({ feedId }) => feedId === PEOPLE.feedId);
    const owners = new Set([...byPeople.map(({ shipmentId }) => shipmentId), family.headId]);
    const standing = new Map(byPeople.map((claim) => [claim.attribute, claim]));
    family.claims = family.claims.filter(({ feedId }) => feedId !== PEOPLE.feedId);
    for (const { attribute, value } of said) {
      const hash = claimHash(value);
      const same = standing.get(attribute);
      family.claims.push(
        same?.hash === hash && same.shipmentId === family.headId
          ? same
          : {
              shipmentId: family.headId,
              feedId: PEOPLE.feedId,
              feedClass: PEOPLE.class,
              subject: "",
              attribute,
              value,
              occurredAtMs: this.ctx.now().getTime(),
              messageId: this.ctx.uuid(),
              generation: 0,
              hash,
            },
      );
    }
    for (const owner of owners) this.write(family, owner, PEOPLE.feedId, "");
  }

  private async generation(feedId: number): Promise<number> {
    const known = this.generations.get(feedId) ?? (await nextGeneration(this.tx, feedId));
    this.generations.set(feedId, known);
    return known;
  }

  private keep(family: Family, row: EventRow): void {
    family.events.push(row);
    remember(family, row);
    this.filed.events.set(`${row.key}/${row.generation}/${row.shipmentId}`, row);
  }

  private write(family: Family, shipmentId: string, feedId: number, subject: string): void {
    const cells = family.claims.filter(
      (claim) => claim.shipmentId === shipmentId && claim.feedId === feedId && claim.subject === subject,
    );
    this.filed.claims.set(`${shipmentId}\u001f${feedId}\u001f${subject}`, {
      shipmentId,
      feedId,
      subject,
      values: Object.fromEntries(
        cells.map((c) => [c.attribute, { v: c.value, at: c.occurredAtMs, h: c.hash, g: c.generation, m: c.messageId }]),
      ),
    });
  }
}

function stateOf(judged: readonly Judged[], family: Family): Judged["saved"]["shipment"] {
  const found = judged.find(({ family: one }) => one === family);
  if (!found) throw new Error("a locked shipment could not be judged");
  return found.saved.shipment;
}

class RolledBack extends Error {
  readonly told: unknown;
  constructor(told: unknown) {
    super("preview");
    this.told = told;
  }
}

/** Runs a step in a transaction that is rolled back. */
export async function undone<T>(ctx: Context, step: (tx: Tx) => Promise<T>): Promise<T> {
  try {
    return await repeated<T>(ctx, async (tx) => {
      throw new RolledBack(await step(tx));
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.told as T;
    throw error;
  }
}
