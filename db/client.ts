import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { clientSettings } from "./raw";
import * as access from "./schema/access";
import * as alerts from "./schema/alerts";
import * as automation from "./schema/automation";
import * as carriers from "./schema/carriers";
import * as exceptions from "./schema/exceptions";
import * as feeds from "./schema/feeds";
import * as freight from "./schema/freight";
import * as messages from "./schema/messages";
import * as notices from "./schema/notices";
import * as odoo from "./schema/odoo";
import * as postings from "./schema/postings";
import * as reconciliation from "./schema/reconciliation";
import * as runs from "./schema/runs";
import * as serviceLevels from "./schema/service-levels";
import * as shipments from "./schema/shipments";

export const schema = {
  ...access,
  ...alerts,
  ...automation,
  ...carriers,
  ...exceptions,
  ...feeds,
  ...freight,
  ...messages,
  ...notices,
  ...odoo,
  ...postings,
  ...reconciliation,
  ...runs,
  ...serviceLevels,
  ...shipments,
};

/** Raw client: bulk statements, LISTEN, COPY. bigint and numeric come back as strings, timestamptz as Date. */
export type Sql = postgres.Sql;
/** A transaction of the raw client, or the client itself where a statement stands alone. */
export type Tx = postgres.Sql | postgres.TransactionSql;
/** Drizzle over a client of its own (drizzle changes the serialisers of the client it is given). */
export type Db = PostgresJsDatabase<typeof schema>;

export type Database = { sql: Sql; db: Db; close: () => Promise<void> };

/** Opens the two clients of a process; connections are made on first use. `max` bounds each of the two pools. */
export function openDatabase(url: string, options: { max?: number; application?: string } = {}): Database {
  const settings = clientSettings(options);
  const sql = postgres(url, settings);
  const own = postgres(url, settings);
  const db = drizzle(own, { schema });
  return {
    sql,
    db,
    close: async () => {
      await Promise.all([sql.end({ timeout: 5 }), own.end({ timeout: 5 })]);
    },
  };
}
