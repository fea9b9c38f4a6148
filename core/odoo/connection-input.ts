import { z } from "zod";
import { POSTING_KINDS } from "@/core/postings/kinds";
import { MILESTONES } from "@/core/shipments/milestones";

const fields = {
  name: z.string().trim().min(1).max(80),
  url: z.url({ protocol: /^https?$/ }).max(300),
  database: z.string().trim().min(1).max(100),
  login: z.string().trim().min(1).max(200),
  pollSeconds: z.int().min(2).max(3_600).default(10),
  ratePerSecond: z.int().min(1).max(1_000).default(20),
  concurrency: z.int().min(1).max(32).default(4),
};

const key = z
  .string()
  .min(4)
  .max(500)
  .regex(/^[\x21-\x7e]+$/, "printable characters without blanks");

/** A new connection to an Odoo; it observes until a posting kind is switched on. */
export const newConnectionInput = z.object({ ...fields, key });

/** Changes to a connection. `key` null keeps the stored one, which is possible only while address, database and login stay. */
export const connectionChangeInput = z.object({
  ...fields,
  id: z.int().positive(),
  seen: z.date(),
  key: key.nullable().default(null),
  /** Milestones that leave a note in the chatter. */
  notes: z.array(z.enum(MILESTONES)).max(MILESTONES.length),
  /** Facts received before are never posted as edges; null: posting was never switched on. */
  postSince: z.date().nullable(),
});

/** What to test: a stored connection, or settings that are not stored yet. */
export const connectionTestInput = z.union([
  z.object({ id: z.int().positive() }),
  z.object({ url: fields.url, database: fields.database, login: fields.login, key }),
]);

export const connectionIdInput = z.object({ id: z.int().positive() });
export const kindInput = z.object({ id: z.int().positive(), kind: z.enum(POSTING_KINDS) });
export const switchKindInput = kindInput.extend({ to: z.enum(["on", "off"]) });

/** A posting kind may be switched on for so long after its dry run. */
export const DRY_RUN_HOURS = 24;
