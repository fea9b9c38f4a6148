import type { z } from "zod";
import { type alertWishesSchema, wishesOf } from "@/core/alerts/rules";
import { lockPerson, updatePersonProfile } from "@/db/queries/people";
import { type PersonActor, recordAudit } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

/** Stores what a person wants to be mailed; everybody decides for themselves. */
export async function changeWishes(
  ctx: Context,
  actor: PersonActor,
  wishes: z.output<typeof alertWishesSchema>,
): Promise<{ changed: boolean }> {
  return ctx.sql.begin(async (tx) => {
    const person = await lockPerson(tx, actor.id);
    if (!person) throw new AppError("unauthenticated", "Your session has ended. Sign in again.");
    const before = wishesOf(person.settings);
    if (JSON.stringify(before) === JSON.stringify(wishes)) return { changed: false };
    await updatePersonProfile(tx, person.id, { ...person, settings: { ...person.settings, alerts: wishes } });
    await recordAudit(ctx, tx, actor, {
      action: "people.change_alerts",
      subject: `person:${person.id}`,
      before,
      after: wishes,
    });
    return { changed: true };
  });
}
