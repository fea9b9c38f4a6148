import { customType, timestamp } from "drizzle-orm/pg-core";

/** bytea, as Buffer. */
export const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => "bytea" });

/** timestamptz as Date. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });
