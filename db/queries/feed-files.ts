import type { Tx } from "@/db/client";

export type FeedFile = {
  feedId: number;
  name: string;
  digest: Buffer;
  messageId: string | null;
  size: number;
  state: "taken" | "refused";
  why: string | null;
};

/** What became of a file of this name and content; null for one never seen. */
export async function findFeedFile(
  tx: Tx,
  feedId: number,
  name: string,
  digest: Buffer,
): Promise<Pick<FeedFile, "state" | "why" | "messageId"> | null> {
  const [row] = await tx<Pick<FeedFile, "state" | "why" | "messageId">[]>`
    select state, why, message_id as "messageId" from feed_file
    where feed_id = ${feedId} and name = ${name} and digest = ${digest}`;
  return row ?? null;
}

/** Notes a file once; a second noting of the same one changes nothing. */
export async function insertFeedFile(tx: Tx, file: FeedFile, seenAt: Date): Promise<void> {
  await tx`
    insert into feed_file (feed_id, name, digest, message_id, size, state, why, seen_at)
    values (${file.feedId}, ${file.name}, ${file.digest}, ${file.messageId}, ${file.size}, ${file.state}, ${file.why},
            ${seenAt.toISOString()}::timestamptz)
    on conflict do nothing`;
}

export type DueAcknowledgement = { messageId: string; fileName: string; body: string };

/** Acknowledgements of a feed that are not in its out folder yet, oldest first. */
export async function listUnwrittenAcknowledgements(
  tx: Tx,
  feedId: number,
  limit: number,
): Promise<DueAcknowledgement[]> {
  return await tx<DueAcknowledgement[]>`
    select message_id as "messageId", file_name as "fileName", body from acknowledgement
    where feed_id = ${feedId} and written_at is null order by created_at limit ${limit}`;
}

export async function saveAcknowledgementWritten(tx: Tx, messageId: string, at: Date): Promise<void> {
  await tx`update acknowledgement set written_at = ${at.toISOString()}::timestamptz
    where message_id = ${messageId} and written_at is null`;
}
