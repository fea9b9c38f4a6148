import { z } from "zod";
import { EXCEPTION_SPECS } from "@/core/exceptions/kinds";
import { PEOPLE } from "@/core/feeds/feed";
import type { Json } from "@/core/shipments/attributes";
import {
  CORRECTABLE,
  type Correctable,
  claimsAfter,
  correction,
  correctionOf,
  decisionOn,
  standingOf,
} from "@/core/shipments/correction";
import type { Shipment } from "@/core/shipments/shipment";
import type { Tx } from "@/db/client";
import { loadExceptions } from "@/db/queries/pipeline/load-judged";
import type { ClaimsRow } from "@/db/queries/pipeline/save";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import type { Family } from "../pipeline/families";
import { emptyFiled } from "../pipeline/file-facts";
import { claimHash } from "../pipeline/interpret";
import type { Judged } from "../pipeline/judge";
import { judgeNow, lockFamilies, repeated, saveNow } from "./refold";

const decided = z.union([correction, z.object({ what: z.enum(CORRECTABLE), takeBack: z.literal(true) })]);
export const previewCorrectionInput = z.object({ shipmentId: z.uuid(), decided });
export const correctInput = previewCorrectionInput.extend({
  /** The preview's `standing`: what the sources said when the person decided. */
  seen: z.string().max(100_000),
  why: z.string().trim().min(3).max(500),
});
type Decided = z.infer<typeof decided>;

export type CorrectionPreview = {
  standing: string;
  /** Why it cannot be decided so, with the field where one is named. */
  refusal: { message: string; field: string | null } | null;
  before: Json;
  after: Json;
  closes: { id: string; label: string; text: string }[];
  opens: { label: string; text: string }[];
  postings: { kind: string; record: string | null; before: Json; after: Json; held: string | null }[];
  /** True where the shipment has a transfer in Odoo. */
  linked: boolean;
};

/** Shows what a decision about a shipment's field would change: the value, exceptions, postings. Writes nothing. */
export async function previewCorrection(
  ctx: Context,
  actor: Actor,
  input: z.infer<typeof previewCorrectionInput>,
): Promise<CorrectionPreview> {
  requireRight(actor, "shipments:correct");
  return repeated(ctx, async (tx) => {
    const { what } = input.decided;
    const work = await begin(ctx, tx, input.shipmentId);
    const refused = refusalOf(work.before.saved.shipment, input.decided);
    if (refused) {
      const value = valueIn(work.before.saved.shipment, what);
      const { standing, linked } = work.of(what);
      return { standing, linked, refusal: refused, before: value, after: value, closes: [], opens: [], postings: [] };
    }
    return previewOf(work, what, await work.decide(input.decided));
  });
}

/**
 * Decides a field of a shipment as a person: it outranks every source until it is taken back or a source says something new. What follows from it
 * (exceptions, postings) is worked out and written in the same transaction.
 */
export async function correctShipment(
  ctx: Context,
  actor: Actor,
  input: z.infer<typeof correctInput>,
): Promise<CorrectionPreview> {
  requireRight(actor, "shipments:correct");
  return repeated(ctx, async (tx) => {
    const { what } = input.decided;
    const work = await begin(ctx, tx, input.shipmentId);
    if (work.of(what).standing !== input.seen)
      throw new AppError("conflict", "Sources or a colleague said something else meanwhile. Look at it again.");
    const refused = refusalOf(work.before.saved.shipment, input.decided);
    if (refused) throw new AppError("invalid", refused.message, { field: refused.field });
    const after = await work.decide(input.decided);
    const filed = emptyFiled();
    for (const row of work.claims()) filed.claims.set(row.shipmentId, row);
    await saveNow(ctx, tx, [after], filed);
    await recordAudit(ctx, tx, actor, {
      action: "shipments.correct",
      subject: `shipment:${work.family.headId}`,
      before: { [what]: spoken(what, valueIn(work.before.saved.shipment, what)) },
      after: { [what]: spoken(what, valueIn(after.saved.shipment, what)), takenBack: "takeBack" in input.decided },
      reason: input.why,
    });
    return previewOf(work, what, after);
  });
}

type Work = {
  family: Family;
  before: Judged;
  of: (what: Correctable) => { standing: string; linked: boolean };
  /** Puts the decision among the claims in memory and judges again. */
  decide: (decided: Decided) => Promise<Judged>;
  /** Rows of the claims by people as they stand in memory. */
  claims: () => ClaimsRow[];
  kindOf: (id: string) => { label: string; text: string };
};

async function begin(ctx: Context, tx: Tx, shipmentId: string): Promise<Work> {
  const { families, env } = await lockFamilies(tx, [shipmentId]);
  const family = families.family(shipmentId);
  if (!family) throw new AppError("not_found", "There is no such shipment.");
  const owners = [...new Set(family.claims.filter(byPeople).map((claim) => claim.shipmentId))];
  const [before] = await judgeNow(ctx, tx, env, families, [family]);
  if (!before) throw new AppError("not_found", "There is no such shipment.");
  const known = await loadExceptions(tx, [...family.members.keys()]);
  const decide = async (said: Decided) => {
    const shipment = before.saved.shipment;
    const corrected = "takeBack" in said ? null : correctionOf(shipment, said);
    const claims = claimsAfter(shipment, said.what, corrected?.ok ? corrected : null);
    const kept = family.claims.filter((claim) => !byPeople(claim));
    const standing = new Map(family.claims.filter(byPeople).map((claim) => [claim.attribute, claim]));
    family.claims = [
      ...kept,
      ...claims.map(({ attribute, value }) => {
        const hash = claimHash(value);
        const same = standing.get(attribute);
        // what is decided already keeps its instant, so that what followed from it does not follow again
        if (same?.hash === hash && same.shipmentId === family.headId) return same;
        return {
          shipmentId: family.headId,
          feedId: PEOPLE.feedId,
          feedClass: PEOPLE.class,
          subject: "",
          attribute,
          value,
          occurredAtMs: ctx.now().getTime(),
          messageId: ctx.uuid(),
          generation: 0,
          hash,
        };
      }),
    ];
    const [after] = await judgeNow(ctx, tx, env, families, [family]);
    if (!after) throw new Error("a locked shipment could not be judged");
    return after;
  };
  return {
    family,
    before,
    of: (what) => ({
      standing: standingOf(before.saved.shipment, what),
      linked: before.saved.pickingId !== null,
    }),
    decide,
    claims: () =>
      [...new Set([...owners, family.headId])].map((id) => ({
        shipmentId: id,
        feedId: PEOPLE.feedId,
        subject: "",
        values: Object.fromEntries(
          family.claims
            .filter((claim) => byPeople(claim) && claim.shipmentId === id)
            .map((c) => [c.attribute, { v: c.value, at: c.occurredAtMs, h: c.hash, g: c.generation, m: c.messageId }]),
        ),
      })),
    kindOf: (id) => {
      const row = known.find((one) => one.id === id);
      return { label: row ? EXCEPTION_SPECS[row.kind].label : "Exception", text: row?.text ?? "" };
    },
  };
}

function byPeople({ feedId }: { feedId: number }): boolean {
  return feedId === PEOPLE.feedId;
}

function refusalOf(shipment: Shipment, said: Decided): { message: string; field: string | null } | null {
  if ("takeBack" in said) {
    return decisionOn(shipment, said.what) === null
      ? { message: "Nobody has decided this: there is nothing to take back.", field: null }
      : null;
  }
  const corrected = correctionOf(shipment, said);
  return corrected.ok ? null : { message: corrected.refusal, field: corrected.field };
}

function previewOf(work: Work, what: Correctable, after: Judged): CorrectionPreview {
  return {
    ...work.of(what),
    refusal: null,
    before: valueIn(work.before.saved.shipment, what),
    after: valueIn(after.saved.shipment, what),
    closes: after.close.map(({ id }) => ({ id, ...work.kindOf(id) })),
    opens: after.open.map(({ finding }) => ({ label: EXCEPTION_SPECS[finding.kind].label, text: finding.text })),
    postings: after.postings.map((row) => ({
      kind: row.kind,
      record: row.recordName,
      before: row.before,
      after: row.kind === "exception_activity" ? noteIn(row.desired as Json, row.after) : row.after,
      held: row.held,
    })),
  };
}

/** The words of an activity, so that a person reads what a colleague in Odoo will read. */
function noteIn(desired: Json, after: Json): Json {
  const note = desired !== null && typeof desired === "object" && !Array.isArray(desired) ? desired.note : null;
  return after !== null && typeof after === "object" && !Array.isArray(after)
    ? { ...after, note: note ?? null }
    : after;
}

function valueIn(shipment: Shipment, what: Correctable): Json {
  return shipment.attributes[what]?.value ?? null;
}

/** Of an address the log keeps the place, not the person and the door. */
function spoken(what: Correctable, value: Json): Json {
  if (what !== "address" || value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return { zip: value.zip ?? null, city: value.city ?? null, country: value.country ?? null };
}
