import type { z } from "zod";
import type { classInput } from "@/core/odoo/connection-input";
import type { Moved } from "@/db/queries/posting-policy";
import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { moveClass } from "./move-class";

/** Holds the postings of one class of a connection until it is resumed; the other classes go on. */
export async function pauseClass(ctx: Context, actor: Actor, input: z.infer<typeof classInput>): Promise<Moved> {
  requireRight(actor, "odoo:manage");
  return moveClass(ctx, actor, input, "pause");
}
