import type { Tx } from "@/db/client";

export type ApiKey = {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  createdBy: string | null;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
};

const columns = (
  tx: Tx,
) => tx`k.id, k.name, k.prefix, k.scopes, k.created_at as "createdAt", k.expires_at as "expiresAt",
  k.last_used_at as "lastUsedAt", k.revoked_at as "revokedAt"`;

export async function listApiKeys(tx: Tx): Promise<ApiKey[]> {
  return tx<
    ApiKey[]
  >`select ${columns(tx)}, p.name as "createdBy" from api_key k left join person p on p.id = k.created_by
    order by k.revoked_at is not null, k.created_at desc, k.id limit 1000`;
}

export async function findApiKeyByHash(tx: Tx, hash: Buffer): Promise<ApiKey | null> {
  const [row] = await tx<
    ApiKey[]
  >`select ${columns(tx)}, k.created_by as "createdBy" from api_key k where k.hash = ${hash}`;
  return row ?? null;
}

export async function insertApiKey(
  tx: Tx,
  k: Pick<ApiKey, "id" | "name" | "prefix" | "scopes" | "createdBy" | "createdAt" | "expiresAt"> & { hash: Buffer },
): Promise<void> {
  await tx`insert into api_key (id, name, prefix, hash, scopes, created_by, created_at, expires_at)
    values (${k.id}, ${k.name}, ${k.prefix}, ${k.hash}, ${k.scopes}::text[], ${k.createdBy}, ${k.createdAt}, ${k.expiresAt})`;
}

/** Null when the key is unknown or was revoked before. */
export async function updateApiKeyRevoked(tx: Tx, id: string, now: Date): Promise<{ name: string } | null> {
  const [row] = await tx<{ name: string }[]>`update api_key set revoked_at = ${now}
    where id = ${id} and revoked_at is null returning name`;
  return row ?? null;
}

/** Notes the use of a key, at most once a minute. */
export async function updateApiKeyUsed(tx: Tx, id: string, now: Date): Promise<void> {
  await tx`update api_key set last_used_at = ${now}
    where id = ${id} and (last_used_at is null or last_used_at < ${now}::timestamptz - interval '1 minute')`;
}
