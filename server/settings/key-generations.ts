import { type KeyGenerations, readKeyGenerations } from "@/core/settings/key-generations";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";
import { listSettings, lockSetting, saveSetting } from "@/db/queries/settings";
import type { Actor } from "../access/actor";

const NAME = "key_generations";

export async function findKeyGenerations(sql: Tx): Promise<KeyGenerations> {
  return readKeyGenerations((await listSettings(sql))[NAME]);
}

/** Changes the stored generations under a lock, so that two rotations are two; the caller has asked for the right and audits. */
export async function changeKeyGenerations(
  tx: Tx,
  actor: Actor,
  now: Date,
  change: (before: KeyGenerations) => KeyGenerations,
): Promise<{ before: KeyGenerations; after: KeyGenerations }> {
  await lockSetting(tx, NAME);
  const before = await findKeyGenerations(tx);
  const after = change(before);
  const updatedBy = actor.kind === "person" ? actor.id : null;
  await saveSetting(tx, { name: NAME, value: after as unknown as Json, updatedBy, updatedAt: now });
  return { before, after };
}
