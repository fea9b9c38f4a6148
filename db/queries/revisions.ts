import type { Tx } from "@/db/client";
import type { ClaimedMessage } from "./pipeline/claim";

export type Revision = {
  number: number;
  byName: string;
  why: string;
  at: Date;
  size: number | null;
  /** False where it goes back to the bytes that came. */
  corrects: boolean;
};

/** Corrected texts of a message without their bytes, the newest first. */
export async function listRevisions(tx: Tx, messageId: string): Promise<Revision[]> {
  return tx<Revision[]>`
    select number, by_name as "byName", why, at, octet_length(body) as size, body is not null as corrects from message_revision
    where message_id = ${messageId}::uuid order by number desc limit 100`;
}

/** The newest revision with its bytes; null where the message has none. */
export async function findRevision(tx: Tx, messageId: string): Promise<{ number: number; body: Buffer | null } | null> {
  const [row] = await tx<{ number: number; body: Buffer | null }[]>`
    select number, body from message_revision where message_id = ${messageId}::uuid order by number desc limit 1`;
  return row ?? null;
}

/** The bytes of one revision; null where it goes back to those that came, or is unknown. */
export async function findRevisionBody(tx: Tx, messageId: string, number: number): Promise<Buffer | null> {
  const [row] = await tx<{ body: Buffer | null }[]>`
    select body from message_revision where message_id = ${messageId}::uuid and number = ${number}`;
  return row?.body ?? null;
}

/** Stores the next revision; null where somebody else has just stored that number. */
export async function insertRevision(
  tx: Tx,
  row: {
    messageId: string;
    number: number;
    body: Uint8Array | null;
    byPerson: string | null;
    byName: string;
    why: string;
    at: Date;
  },
): Promise<boolean> {
  const result = await tx`insert into message_revision (message_id, number, body, by_person, by_name, why, at)
    values (${row.messageId}, ${row.number}, ${row.body === null ? null : Buffer.from(row.body)}, ${row.byPerson}, ${row.byName}, ${row.why}, ${row.at})
    on conflict (message_id, number) do nothing`;
  return result.count === 1;
}

/** Puts the corrected text in the place of the bytes that came, for those messages that have one; their bytes that retention took stay away. */
export async function withRevisions(tx: Tx, messages: readonly ClaimedMessage[]): Promise<ClaimedMessage[]> {
  if (messages.length === 0) return [];
  const rows = await tx<{ message_id: string; number: number; body: Buffer | null }[]>`
    select distinct on (message_id) message_id, number, body from message_revision
    where message_id = any(${messages.map(({ id }) => id)}::uuid[]) order by message_id, number desc`;
  const revised = new Map(rows.map((row) => [row.message_id, row]));
  return messages.map((message) => {
    const revision = revised.get(message.id);
    if (!revision || revision.body === null || message.bytes === null) return message;
    return { ...message, bytes: revision.body, revision: revision.number };
  });
}
