import { createHash } from "node:crypto";
import { billOf } from "@/core/freight/bill";
import { chargeIn } from "@/core/freight/charges";
import type { FreightSettings } from "@/core/freight/settings";
import { windowEnd } from "@/core/freight/window";
import { instantOfUuidV7 } from "@/core/ids";
import { type DesiredDocument, desiredDocument, desiredPosting } from "@/core/postings/desired";
import { POSTING_ORDER, type PostingKind } from "@/core/postings/kinds";
import { afterOf, holdOf } from "@/core/postings/plan";
import { CLASS_RANK, holdByPolicy, readPolicies } from "@/core/postings/policy";
import { DEFAULT_OBJECTIVES } from "@/core/service-levels/objectives";
import type { Tx } from "@/db/client";
import { findOriginal, type LockedCase, listCharges } from "@/db/queries/freight-decide";
import type { NewPosting } from "@/db/queries/pipeline/save-judged";
import type { Context } from "../context";
import { AppError } from "../errors";
import type { Environment } from "../pipeline/environment";

export type ToBill = LockedCase & { payMinor: number | null; reason: string };

/** The posting that brings an approved bill into Odoo: one for good, by the bill's own id. Throws `precondition` where it cannot be made. */
export async function planBill(
  ctx: Pick<Context, "now" | "uuid">,
  tx: Tx,
  bill: ToBill,
  settings: FreightSettings,
  environment: Environment,
): Promise<NewPosting> {
  const mapping = settings.vendors.find(({ vendor }) => vendor === bill.vendor);
  if (!mapping || !environment.policies.has(mapping.connectionId))
    throw new AppError(
      "precondition",
      `${bill.vendor} is no partner in a connected Odoo: name it in the freight settings.`,
    );
  if (bill.currency === null || bill.billedMinor === null)
    throw new AppError("precondition", "The bill has no amount to pay.");
  const charges = await listCharges(tx, bill.id);
  const desired = billOf(
    {
      ...bill,
      currency: bill.currency,
      billedMinor: bill.billedMinor,
      lines: charges.map(({ charge, amountMinor, said }) => ({
        charge: chargeIn(charge ?? undefined),
        amountMinor,
        said,
      })),
      document: await originalOf(tx, bill),
    },
    mapping,
  );
  const checked = desiredPosting.safeParse(desired);
  if (!checked.success)
    throw new AppError(
      "precondition",
      `The bill cannot be written for Odoo: ${checked.error.issues[0]?.message ?? ""}`,
    );
  const now = ctx.now();
  const id = recordNumber(`${mapping.partnerId}/${bill.numberKey}/${bill.kind}`);
  return {
    shipmentId: bill.id,
    invoiceId: bill.id,
    key: `${desired.kind}-${mapping.connectionId}-${bill.id}`,
    id: ctx.uuid(),
    kind: desired.kind,
    level: false,
    record: { connectionId: mapping.connectionId, model: "account.move", id, companyId: mapping.companyId },
    recordName: bill.number,
    lane: id & 63,
    sequence: POSTING_ORDER[desired.kind],
    desired,
    before: null,
    after: afterOf(desired),
    ...timingOf(environment, mapping.connectionId, desired.kind, now.getTime(), now.getTime()),
    correlationId: bill.correlationId,
    messageId: bill.messageId,
    receivedAtMs: now.getTime(),
  };
}

/** Whether a posting has to wait, its place in the queue and its window: by the switches of the connection, then by its policy for the kind. */
export function timingOf(
  environment: Environment | undefined,
  connectionId: number,
  kind: PostingKind,
  receivedAtMs: number,
  nowMs: number,
): Pick<NewPosting, "held" | "urgency" | "dueAtMs" | "windowEndsAtMs"> {
  const switches = environment?.policies.get(connectionId);
  const policies = environment?.postingPolicies.get(connectionId) ?? readPolicies({}, [], []);
  const objectiveMs = (environment?.objectives ?? DEFAULT_OBJECTIVES).freight_settlement.withinSeconds * 1000;
  const held = switches ? holdOf(kind, switches, receivedAtMs, false) : ("observe" as const);
  const hold = held === null ? holdByPolicy(kind, policies, nowMs) : null;
  return {
    held: held ?? hold?.because ?? null,
    urgency: CLASS_RANK[policies.byKind[kind].class],
    dueAtMs: hold?.untilMs ?? null,
    // what a switch holds back is promised for no window
    windowEndsAtMs: held === null ? windowEnd(policies.byKind[kind].timing, nowMs, objectiveMs) : null,
  };
}

/** A number for a record that is not there yet: what is about the same bill goes one at a time, in order. */
export function recordNumber(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE(0) & 0x7fff_ffff || 1;
}

/** The document as it came, to be attached; null where it is no longer kept, or larger than Odoo should hold. */
async function originalOf(tx: Tx, bill: LockedCase): Promise<DesiredDocument | null> {
  const original = await findOriginal(tx, bill.messageId, new Date(instantOfUuidV7(bill.messageId)));
  if (!original?.body) return null;
  const mimeType = (original.contentType ?? "").split(";")[0]?.trim() ?? "";
  const safe = bill.number.replace(/[^\w.-]+/g, "_");
  const document = desiredDocument.safeParse({
    documentId: bill.messageId,
    fileName: original.name?.split(/[\\/]/).at(-1)?.slice(0, 200) || `${bill.vendor}-${safe}${extensionOf(mimeType)}`,
    mimeType: /^[\w.+-]+\/[\w.+-]+$/.test(mimeType) ? mimeType : "application/octet-stream",
    sha1: createHash("sha1").update(original.body).digest("hex"),
    byteLength: original.body.byteLength,
  });
  return document.success ? document.data : null;
}

function extensionOf(mimeType: string): string {
  if (mimeType.includes("x12") || mimeType.includes("edifact")) return ".edi";
  if (mimeType === "application/json") return ".json";
  return mimeType === "text/csv" ? ".csv" : ".txt";
}
