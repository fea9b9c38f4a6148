import { z } from "zod";
import { compose, problemOf, type Values } from "@/core/notices/template";
import { isZone } from "@/core/shipments/zones";
import { findExample } from "@/db/queries/notices";
import { findPerson } from "@/db/queries/people";
import { type PersonActor, recordAudit, requireRight } from "../access/actor";
import { makeMailer } from "../alerts/mailer";
import type { Context } from "../context";
import { AppError } from "../errors";
import { valuesOf } from "./values";

export const noticeSampleInput = z.object({
  company: z.string().max(100),
  zone: z.string().max(60).refine(isZone, "This is no time zone."),
  subject: z.string().min(1).max(200),
  body: z.string().min(1).max(4_000),
});

/** Values of the shipment that changed last; made-up ones while there is none. */
export async function exampleValues(
  ctx: Pick<Context, "sql">,
  settings: { company: string; zone: string },
): Promise<{ shipment: string | null; values: Values }> {
  const shipment = await findExample(ctx.sql);
  if (shipment) return { shipment: shipment.name, values: valuesOf(shipment, settings) };
  const values = {
    order: "S00042",
    tracking_number: "1Z999AA10123456784",
    carrier: "UPS",
    promised: "24 December 2026",
    delivered_at: "23 December 2026 at 14:05",
    company: settings.company,
  };
  return { shipment: null, values };
}

/** Sends one message to the person who asks, filled with a recent shipment; a refusal of the mail server is `invalid` with its words. */
export async function sendNoticeSample(
  ctx: Context,
  actor: PersonActor,
  input: z.infer<typeof noticeSampleInput>,
): Promise<{ address: string }> {
  requireRight(actor, "settings:manage");
  const problem = problemOf(input.subject) ?? problemOf(input.body);
  if (problem) throw new AppError("invalid", problem);
  const { smtp } = ctx.config;
  if (!smtp) throw new AppError("invalid", "No mail server is set: start Waypost with SMTP_URL.");
  const person = await findPerson(ctx.sql, actor.id);
  if (!person) throw new AppError("unauthenticated", "Your session has ended. Sign in again.");
  const { values } = await exampleValues(ctx, input);
  const mailer = makeMailer(smtp);
  try {
    const { end, said } = await mailer.send({ id: ctx.uuid(), address: person.email, ...compose(input, values) });
    if (end !== "sent") throw new AppError("invalid", `The mail server did not take it: ${said}`);
    await recordAudit(ctx, ctx.sql, actor, { action: "notices.sample", subject: "notices", after: { said } });
    return { address: person.email };
  } finally {
    mailer.close();
  }
}
