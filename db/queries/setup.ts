import type { PostingKind } from "@/core/postings/kinds";
import type { Tx } from "@/db/client";

export async function countActiveAdministrators(tx: Tx): Promise<number> {
  const [row] = await tx<{ n: number }[]>`select count(*)::int as n from person
    where role = 'administrator' and state = 'active'`;
  return row?.n ?? 0;
}

/** E-mail address of the administrator who was there first. */
export async function findFirstAdministrator(tx: Tx): Promise<string | null> {
  const [row] = await tx<{ email: string }[]>`select email from person
    where role = 'administrator' and state = 'active' order by created_at, id limit 1`;
  return row?.email ?? null;
}

export type SetUpConnection = { id: number; name: string; url: string; state: string };

export async function listSetUpConnections(tx: Tx): Promise<SetUpConnection[]> {
  return tx<SetUpConnection[]>`select id, name, url, state from odoo_connection order by id`;
}

/** Inserts a connection; `postSince` switches the kinds on from that instant, null leaves it observing. */
export async function insertFirstConnection(
  tx: Tx,
  c: {
    name: string;
    url: string;
    database: string;
    login: string;
    sealedKey: Buffer;
    keyHint: string;
    kinds: readonly PostingKind[];
    postSince: Date | null;
    now: Date;
  },
): Promise<number> {
  const on = Object.fromEntries(c.kinds.map((kind) => [kind, c.postSince ? "on" : "off"]));
  const [row] = await tx<{ id: number }[]>`insert into odoo_connection
      (name, url, database, login, sealed_key, key_hint, observing, kinds, post_since, created_at, updated_at)
    values (${c.name}, ${c.url}, ${c.database}, ${c.login}, ${c.sealedKey}, ${c.keyHint}, ${c.postSince === null},
      ${tx.json(on)}, ${c.postSince}, ${c.now}, ${c.now}) returning id`;
  if (!row) throw new Error("the connection was not inserted");
  return row.id;
}

export async function archiveConnection(tx: Tx, id: number, name: string, now: Date): Promise<void> {
  await tx`update odoo_connection set state = 'archived', name = ${name}, updated_at = ${now} where id = ${id}`;
  await tx`update feed set state = 'archived', updated_at = ${now} where connection_id = ${id}`;
}

/** Takes the lock that lets one set-up run at a time; the connection must be one's own and give it back by ending. */
export async function lockSetup(tx: Tx): Promise<void> {
  await tx`select pg_advisory_lock(742003)`;
}
