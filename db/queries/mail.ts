import type { Tx } from "@/db/client";
import type { MAIL_STATES } from "@/db/schema/alerts";

export type MailState = (typeof MAIL_STATES)[number];

export type NewMail = { id: string; personId: string; subject: string; text: string; html: string };

export async function insertMails(tx: Tx, rows: readonly NewMail[], at: Date): Promise<void> {
  if (rows.length === 0) return;
  const of = (key: keyof NewMail) => rows.map((row) => row[key]);
  await tx`insert into mail (id, person_id, subject, text, html, state, due_at, created_at)
    select i, p, s, t, h, 'waiting', ${at}, ${at} from unnest(${of("id")}::uuid[], ${of("personId")}::uuid[], ${of("subject")}::text[],
      ${of("text")}::text[], ${of("html")}::text[]) m(i, p, s, t, h)`;
}

export type DueMail = NewMail & { address: string | null; attempts: number; createdAt: Date };

/** Takes mails that are due, and puts them off until `leaseUntil`, so that a sender that dies leaves them to the next. No address: the person cannot be mailed any more. */
export async function claimMails(tx: Tx, now: Date, leaseUntil: Date, limit: number): Promise<DueMail[]> {
  return tx<DueMail[]>`update mail m set due_at = ${leaseUntil}, attempts = m.attempts + 1
    from (select id from mail where state = 'waiting' and due_at <= ${now} order by due_at, id limit ${limit} for update skip locked) d
    where m.id = d.id
    returning m.id, m.person_id as "personId", m.subject, m.text, m.html, m.attempts, m.created_at as "createdAt",
      (select email from person p where p.id = m.person_id and p.state = 'active') as address`;
}

/** Notes what became of a mail; one that waits is due again at `dueAt`. */
export async function settleMail(
  tx: Tx,
  mail: { id: string; state: MailState; dueAt: Date; endedAt: Date | null; error: string | null },
): Promise<void> {
  await tx`update mail set state = ${mail.state}, due_at = ${mail.dueAt}, ended_at = ${mail.endedAt}, error = ${mail.error} where id = ${mail.id}`;
}

export type MailPulse = {
  waiting: number;
  oldestWaiting: Date | null;
  lastSent: Date | null;
  /** Ended without being sent within the last seven days. */
  failed: number;
  lastError: string | null;
};

/** How the mail goes. Counts stop at 10,000. */
export async function readMailPulse(tx: Tx, now: Date): Promise<MailPulse> {
  const week = new Date(now.getTime() - 7 * 86_400_000);
  const [row] = await tx<MailPulse[]>`select
    (select count(*)::int from (select 1 from mail where state = 'waiting' limit 10000) w) as waiting,
    (select min(created_at) from mail where state = 'waiting') as "oldestWaiting",
    (select max(ended_at) from mail where state = 'sent') as "lastSent",
    (select count(*)::int from (select 1 from mail where state in ('refused', 'given_up') and ended_at > ${week} limit 10000) f) as failed,
    (select error from mail where error is not null order by coalesce(ended_at, created_at) desc limit 1) as "lastError"`;
  return row ?? { waiting: 0, oldestWaiting: null, lastSent: null, failed: 0, lastError: null };
}

export async function forgetMails(tx: Tx, before: Date): Promise<void> {
  await tx`delete from mail where state <> 'waiting' and ended_at < ${before}`;
}
