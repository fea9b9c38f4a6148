import type { Tx } from "@/db/client";
import type { NOTIFICATION_KINDS } from "@/db/schema/alerts";

export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

export type NewNotification = {
  personId: string;
  id: string;
  kind: NotificationKind;
  title: string;
  text: string;
  href: string;
};

export async function insertNotifications(tx: Tx, rows: readonly NewNotification[], at: Date): Promise<void> {
  if (rows.length === 0) return;
  const of = (key: keyof NewNotification) => rows.map((row) => row[key]);
  await tx`insert into notification (person_id, id, kind, title, text, href, at)
    select p, i, k, t, x, h, ${at} from unnest(${of("personId")}::uuid[], ${of("id")}::uuid[], ${of("kind")}::text[], ${of("title")}::text[],
      ${of("text")}::text[], ${of("href")}::text[]) n(p, i, k, t, x, h)`;
}

export type NotificationRow = Omit<NewNotification, "personId"> & { at: Date; readAt: Date | null };

/** A person's notifications, newest first, older than the one named. */
export async function listNotifications(
  tx: Tx,
  personId: string,
  page: { before: string | null; limit: number },
): Promise<NotificationRow[]> {
  const older = page.before ? tx`and id < ${page.before}::uuid` : tx``;
  return tx<NotificationRow[]>`select id, kind, title, text, href, at, read_at as "readAt" from notification
    where person_id = ${personId} ${older} order by id desc limit ${page.limit}`;
}

/** Unread notifications of a person, counted up to `most`. */
export async function countUnread(tx: Tx, personId: string, most: number): Promise<number> {
  const [row] = await tx<{ n: number }[]>`select count(*)::int as n from
    (select 1 from notification where person_id = ${personId} and read_at is null limit ${most}) u`;
  return row?.n ?? 0;
}

/** Marks notifications as read: those named, or all up to the newest one seen. */
export async function markRead(
  tx: Tx,
  personId: string,
  which: { ids: readonly string[] } | { upTo: string },
  at: Date,
): Promise<number> {
  const some = "ids" in which ? tx`id = any(${[...which.ids]}::uuid[])` : tx`id <= ${which.upTo}::uuid`;
  const rows =
    await tx`update notification set read_at = ${at} where person_id = ${personId} and read_at is null and ${some}`;
  return rows.count;
}

export async function forgetNotifications(tx: Tx, before: Date): Promise<void> {
  await tx`delete from notification where at < ${before}`;
}

/** People who watch any of these exceptions. */
export async function listWatchers(
  tx: Tx,
  exceptionIds: readonly string[],
): Promise<{ exceptionId: string; personId: string }[]> {
  return tx<{ exceptionId: string; personId: string }[]>`
    select exception_id as "exceptionId", person_id as "personId" from exception_watch where exception_id = any(${[...exceptionIds]}::uuid[])`;
}

/** Begins or ends a person's watch of one exception; returns whether that changed anything. */
export async function setWatch(
  tx: Tx,
  watch: { exceptionId: string; personId: string; on: boolean; at: Date },
): Promise<boolean> {
  const rows = watch.on
    ? await tx`insert into exception_watch (exception_id, person_id, since) values (${watch.exceptionId}, ${watch.personId}, ${watch.at})
        on conflict do nothing`
    : await tx`delete from exception_watch where exception_id = ${watch.exceptionId} and person_id = ${watch.personId}`;
  return rows.count > 0;
}

/** Whether a person watches an exception. */
export async function isWatching(tx: Tx, exceptionId: string, personId: string): Promise<boolean> {
  const rows = await tx`select 1 from exception_watch where exception_id = ${exceptionId} and person_id = ${personId}`;
  return rows.length > 0;
}
