import type { PersonState } from "@/core/access/person";
import type { Role } from "@/core/access/roles";
import type { Tx } from "@/db/client";
import { lockActiveAdministrators } from "@/db/queries/people";
import { AppError } from "../errors";

/** Refuses a change that would leave nobody who can administer; all administrators stay locked until the transaction ends. */
export async function keepAnAdministrator(
  tx: Tx,
  personId: string,
  to: { role: Role; state: PersonState },
): Promise<void> {
  const administrators = await lockActiveAdministrators(tx);
  if (to.role === "administrator" && to.state === "active") return;
  if (administrators.some((id) => id !== personId)) return;
  if (!administrators.includes(personId)) return;
  throw new AppError("precondition", "This is the last active administrator. Make somebody else administrator first.");
}
