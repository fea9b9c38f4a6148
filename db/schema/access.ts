import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { ROLES } from "@/core/access/roles";
import { bytea, instant } from "./columns";

export const person = pgTable(
  "person",
  {
    id: uuid("id").primaryKey(),
    email: text("email").notNull(),
    name: text("name").notNull(),
    role: text("role", { enum: ROLES }).notNull(),
    state: text("state", { enum: ["invited", "active", "disabled"] }).notNull(),
    passwordHash: text("password_hash"),
    /** Raised to end all sessions at once. */
    sessionVersion: integer("session_version").notNull().default(1),
    failedSignIns: integer("failed_sign_ins").notNull().default(0),
    lockedUntil: instant("locked_until"),
    lastSignInAt: instant("last_sign_in_at"),
    odooLogin: text("odoo_login"),
    settings: jsonb("settings").notNull().default({}),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [uniqueIndex("person_email").on(sql`lower(${t.email})`)],
);

/** One-time links: invitations and password resets; only the hash of the token is kept. */
export const personLink = pgTable("person_link", {
  tokenHash: bytea("token_hash").primaryKey(),
  personId: uuid("person_id")
    .notNull()
    .references(() => person.id),
  purpose: text("purpose", { enum: ["invitation", "reset"] }).notNull(),
  createdBy: uuid("created_by"),
  expiresAt: instant("expires_at").notNull(),
  usedAt: instant("used_at"),
});

export const apiKey = pgTable(
  "api_key",
  {
    id: uuid("id").primaryKey(),
    name: text("name").notNull(),
    prefix: text("prefix").notNull(),
    hash: bytea("hash").notNull(),
    scopes: text("scopes").array().notNull(),
    createdBy: uuid("created_by"),
    createdAt: instant("created_at").notNull().defaultNow(),
    expiresAt: instant("expires_at"),
    lastUsedAt: instant("last_used_at"),
    revokedAt: instant("revoked_at"),
  },
  (t) => [uniqueIndex("api_key_hash").on(t.hash)],
);

/** Who changed what, before and after, in the same transaction; append-only, partitioned by month of at. */
export const audit = pgTable(
  "audit",
  {
    id: uuid("id").notNull(),
    at: instant("at").notNull(),
    action: text("action").notNull(),
    actorKind: text("actor_kind", { enum: ["person", "api_key", "system"] }).notNull(),
    actorId: uuid("actor_id"),
    actorName: text("actor_name").notNull(),
    subject: text("subject").notNull(),
    before: jsonb("before"),
    after: jsonb("after"),
    reason: text("reason"),
    correlationId: text("correlation_id"),
  },
  (t) => [
    primaryKey({ columns: [t.id, t.at] }),
    index("audit_recent").on(t.at.desc().nullsFirst(), t.id.desc().nullsFirst()),
    index("audit_subject").on(t.subject, t.at.desc().nullsFirst()),
    index("audit_actor").on(t.actorId, t.at.desc().nullsFirst()),
    index("audit_action").on(t.action, t.at.desc().nullsFirst()),
  ],
);

/** Settings of the workspace by name: thresholds, ownership, objectives. */
export const setting = pgTable("setting", {
  name: text("name").primaryKey(),
  value: jsonb("value").notNull(),
  updatedBy: uuid("updated_by"),
  updatedAt: instant("updated_at").notNull().defaultNow(),
});

/** Worker processes that are alive, with what they do. */
export const heartbeat = pgTable(
  "heartbeat",
  {
    process: text("process").notNull(),
    role: text("role").notNull(),
    startedAt: instant("started_at").notNull(),
    beatAt: instant("beat_at").notNull(),
    facts: jsonb("facts").notNull().default({}),
    ok: boolean("ok").notNull().default(true),
  },
  (t) => [primaryKey({ columns: [t.process] })],
);
