import { mailOf } from "@/core/alerts/write";
import { findPerson } from "@/db/queries/people";
import { type PersonActor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { makeMailer } from "./mailer";

/** Sends a mail to the person who asks, at once, and answers what the mail server said; a refusal is `invalid` with its words. */
export async function sendTestMail(ctx: Context, actor: PersonActor): Promise<{ address: string; said: string }> {
  requireRight(actor, "settings:manage");
  const { smtp, publicUrl } = ctx.config;
  if (!smtp) throw new AppError("invalid", "No mail server is set: start Waypost with SMTP_URL.");
  const person = await findPerson(ctx.sql, actor.id);
  if (!person) throw new AppError("unauthenticated", "Your session has ended. Sign in again.");
  const notice = { title: "A test mail", text: "Waypost can send mail to you.", href: "/settings/account" };
  const mailer = makeMailer(smtp);
  try {
    const letter = { id: ctx.uuid(), address: person.email, ...mailOf([notice], publicUrl.replace(/\/+$/, "")) };
    const { end, said } = await mailer.send(letter);
    if (end !== "sent") throw new AppError("invalid", `The mail server did not take it: ${said}`);
    await recordAudit(ctx, ctx.sql, actor, { action: "settings.test_mail", subject: "mail", after: { said } });
    return { address: person.email, said };
  } finally {
    mailer.close();
  }
}
