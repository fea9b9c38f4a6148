import { z } from "zod";
import { POSTING_KINDS } from "@/core/postings/kinds";
import { kindPolicy, POSTING_CLASSES } from "@/core/postings/policy";
import { MILESTONES } from "@/core/shipments/milestones";

const fields = {
  name: z.string().trim().min(1).max(80),
  url: z.url({ protocol: /^https?$/ }).max(300),
  database: z.string().trim().min(1).max(100),
  login: z.string().trim().min(1).max(200),
  pollSeconds: z.int().min(2).max(3_600).default(10),
  ratePerSecond: z.int().min(1).max(1_000).default(20),
  concurrency: z.int().min(1).max(32).default(4),
  /** How many of a hundred calls may fail within an hour. */
  failurePercent: z.int().min(1).max(100).default(5),
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
  /** An invoice waits for the proof of delivery, not for the delivery alone. */
  invoiceNeedsProof: z.boolean(),
  /** Facts received before are never posted as edges; null: posting was never switched on. */
  postSince: z.date().nullable(),
});

/** What to test: a stored connection, or settings that are not stored yet. */
export const connectionTestInput = z.union([
  z.object({ id: z.int().positive() }),
  z.object({ url: fields.url, database: fields.database, login: fields.login, key }),
]);

export const connectionIdInput = z.object({ id: z.int().positive() });
/** An administrator's own login and key, used once for a set-up step and not kept. */
export const setUpInput = z.object({ id: z.int().positive(), login: fields.login, key });
export const kindInput = z.object({ id: z.int().positive(), kind: z.enum(POSTING_KINDS) });
export const switchKindInput = kindInput.extend({ to: z.enum(["on", "off"]) });

/** Class and timing of one kind of a connection. */
export const kindPolicyInput = kindInput.extend({ policy: kindPolicy.omit({ openUntil: true }), seen: z.date() });

/** Lets a kind that waits for its window or batch go now, for so many minutes. */
export const openNowInput = kindInput.extend({ minutes: z.int().min(1).max(1_440).default(60) });

export const classInput = z.object({ id: z.int().positive(), class: z.enum(POSTING_CLASSES) });

/** A posting kind may be switched on for so long after its dry run. */
export const DRY_RUN_HOURS = 24;
