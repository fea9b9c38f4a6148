/** Where a connection leads. `uuid`: what the database calls itself, where its key may read that. */
export type DatabaseAddress = { url: string; database: string; uuid: string | null };

export type SameDatabase = "same" | "different" | "unknown";

/**
 * Says whether two connections lead to one Odoo database. A name alone says nothing: two servers may each have a database "odoo". The same
 * name at the same address is one; else what the databases call themselves decides, and two names are never one.
 */
export function sameDatabase(a: DatabaseAddress, b: DatabaseAddress): SameDatabase {
  if (a.database !== b.database) return "different";
  if (isSameAddress(a.url, b.url)) return "same";
  if (a.uuid === null || b.uuid === null) return "unknown";
  return a.uuid === b.uuid ? "same" : "different";
}

/** Compares addresses as servers do: without case, default ports and a slash at the end. */
export function isSameAddress(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(address: string): string {
  if (!URL.canParse(address)) return address;
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname.replace(/\/+$/, "")}`;
}

/**
 * Compares records by number and name, as one database last showed them and as the other shows them now. `different` where a name differs;
 * that all are alike proves nothing, since a copy has them too.
 */
export function sameRecords(
  known: ReadonlyMap<number, string>,
  shown: ReadonlyMap<number, string>,
): Exclude<SameDatabase, "same"> {
  return [...known].some(([id, name]) => shown.has(id) && shown.get(id) !== name) ? "different" : "unknown";
}
