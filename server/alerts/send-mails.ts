import { claimMails, type DueMail, settleMail } from "@/db/queries/mail";
import type { Context } from "../context";
import type { Mailer, MailResult } from "./mailer";

const BATCH = 10;
const LEASE_MS = 300_000;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 3_600_000;
const GIVE_UP_AFTER_MS = 86_400_000;

/**
 * Sends mails that are due, one after another, and notes what the mail server said. When it cannot be talked to, the rest of the batch waits
 * too. Returns true when more may be due.
 */
export async function sendMails(ctx: Context, mailer: Mailer): Promise<boolean> {
  const now = ctx.now();
  const due = await claimMails(ctx.sql, now, new Date(now.getTime() + LEASE_MS), BATCH);
  let down: string | null = null;
  for (const mail of due) {
    if (down !== null) await settle(ctx, mail, { end: "later", said: down });
    else if (mail.address === null)
      await settle(ctx, mail, { end: "refused", said: "This person has no account any more." });
    else {
      const result = await mailer.send({ ...mail, address: mail.address });
      await settle(ctx, mail, result);
      if (result.end === "later") {
        down = result.said;
        // what the server said may name the recipient; it stands with the mail, not in the log
        ctx.log.warn({ mail: mail.id }, "mail server does not take mail; it waits");
      }
    }
  }
  return down === null && due.length === BATCH;
}

async function settle(ctx: Context, mail: DueMail, { end, said }: MailResult): Promise<void> {
  const now = ctx.now();
  const old = now.getTime() - mail.createdAt.getTime() >= GIVE_UP_AFTER_MS;
  const state = end === "later" ? (old ? "given_up" : "waiting") : end;
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(mail.attempts - 1, 10));
  await settleMail(ctx.sql, {
    id: mail.id,
    state,
    dueAt: new Date(now.getTime() + wait),
    endedAt: state === "waiting" ? null : now,
    error: state === "sent" ? null : said,
  });
}
