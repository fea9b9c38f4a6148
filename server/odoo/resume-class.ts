import type { z } from "zod";
import type { classInput } from "@/core/odoo/connection-input";
import type { Moved } from "@/db/queries/posting-policy";
import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { moveClass } from "./move-class";

/** Lets the postings of a paused class go again, as far as their calendar allows. */
export async function resumeClass(ctx: Context, actor: Actor, input: z.infer<typeof classInput>): Promise<Moved> {
  requireRight(actor, "odoo:manage");
  return moveClass(ctx, actor, input, "resume");
}
