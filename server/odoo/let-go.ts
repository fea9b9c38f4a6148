import type { PostingKind } from "@/core/postings/kinds";
import { holdByPolicy, type PolicyHold } from "@/core/postings/policy";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";
import type { ConnectionRow } from "@/db/queries/odoo";
import { type Moved, savePolicyRow } from "@/db/queries/posting-policy";
import { AppError } from "../errors";
import { policiesOf, redecide } from "./redecide";

export type LetGo = { moved: Moved; waited: PolicyHold["because"]; openUntil: string };

/** Lets postings of a kind go that wait for a window or batch, and what comes within so many minutes; null where they do not wait for one. */
export async function letGo(
  tx: Tx,
  connection: ConnectionRow,
  kind: PostingKind,
  minutes: number,
  now: Date,
): Promise<LetGo | null> {
  const policies = await policiesOf(tx, connection);
  const hold = holdByPolicy(kind, policies, now.getTime());
  if (hold?.because !== "window" && hold?.because !== "interval") return null;
  const openUntil = new Date(now.getTime() + minutes * 60_000).toISOString();
  const policy = { ...policies.byKind[kind], openUntil };
  if (!(await savePolicyRow(tx, connection.id, kind, policy as Json, null, now)))
    throw new AppError("conflict", `${connection.name} was archived meanwhile.`);
  const stored = { ...(connection.policies as object), [kind]: policy };
  const moved = await redecide(
    tx,
    connection.id,
    [kind],
    await policiesOf(tx, { ...connection, policies: stored }),
    now,
  );
  return { moved, waited: hold.because, openUntil };
}
