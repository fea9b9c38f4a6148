import type postgres from "postgres";

export type Table = { name: string; columns: string[] };
export type Partition = { name: string; parent: string; bound: string };
export type Sequence = { name: string; lastValue: string };
export type ForeignKey = { table: string; name: string; definition: string };

type Tx = postgres.TransactionSql | postgres.Sql;

/** Tables of the public schema that hold rows of their own or of their partitions, with the columns that can be written. */
export async function listTables(tx: Tx): Promise<Table[]> {
  return tx<Table[]>`
    select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    group by c.relname order by c.relname`;
}

/** Partitions, a parent always before its own. */
export async function listPartitions(tx: Tx): Promise<Partition[]> {
  return tx<Partition[]>`
    with recursive tree as (
      select c.oid, 0 as depth from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'p' and not c.relispartition
      union all
      select i.inhrelid, tree.depth + 1 from tree join pg_inherits i on i.inhparent = tree.oid
    )
    select c.relname as name, p.relname as parent, pg_get_expr(c.relpartbound, c.oid) as bound
    from tree join pg_class c on c.oid = tree.oid join pg_inherits i on i.inhrelid = c.oid join pg_class p on p.oid = i.inhparent
    where tree.depth > 0 order by tree.depth, c.relname`;
}

/** Sequences that have given a number. */
export async function listSequences(tx: Tx): Promise<Sequence[]> {
  return tx<Sequence[]>`
    select sequencename as name, last_value::text as "lastValue" from pg_sequences
    where schemaname = 'public' and last_value is not null order by 1`;
}

/** Foreign keys that were declared, not those that partitions inherit. */
export async function listForeignKeys(tx: Tx): Promise<ForeignKey[]> {
  return tx<ForeignKey[]>`
    select c.conrelid::regclass::text as table, c.conname as name, pg_get_constraintdef(c.oid) as definition
    from pg_constraint c
    where c.contype = 'f' and c.connamespace = 'public'::regnamespace and c.conparentid = 0 order by 1, 2`;
}

/** Names of tables that hold at least one row. */
export async function listFilled(tx: Tx): Promise<string[]> {
  const filled: string[] = [];
  for (const { name } of await listTables(tx)) {
    const [row] = await tx`select exists (select 1 from public.${tx(name)}) as filled`;
    if (row?.filled) filled.push(name);
  }
  return filled;
}
