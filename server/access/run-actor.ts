import type { Role } from "@/core/access/roles";
import type { Tx } from "@/db/client";
import { findRunActor } from "@/db/queries/triage";
import { AppError } from "../errors";
import { type Actor, SYSTEM } from "./actor";

/** Who started a run, with the rights of now. Throws `forbidden` where that account or key is not active any more. */
export async function actorOfRun(tx: Tx, runId: string): Promise<Actor> {
  const found = await findRunActor(tx, runId);
  const person = found?.person;
  if (person && person.state === "active")
    return { kind: "person", id: person.id, name: person.name, role: person.role as Role };
  if (found?.key) return { kind: "api_key", ...found.key };
  if (found?.system) return SYSTEM;
  throw new AppError("forbidden", "Who started this run may not do this any more.");
}
