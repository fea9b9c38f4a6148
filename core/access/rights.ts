import type { Role } from "./roles";

/** What a person may do: `noun:verb`. The audit action of a write has the same name with a dot. */
export const RIGHTS = [
  "tower:read",
  "shipments:read",
  "shipments:link",
  "shipments:correct",
  "lookup:read",
  "lookup:contacts",
  "customers:read",
  "messages:read",
  "messages:replay",
  "messages:revise",
  "exceptions:read",
  "exceptions:acknowledge",
  "exceptions:assign",
  "exceptions:snooze",
  "exceptions:suppress",
  "exceptions:comment",
  "exceptions:resolve",
  "automation:manage",
  "postings:read",
  "postings:repost",
  "reconciliation:read",
  "reconciliation:run",
  "reconciliation:repair",
  "freight:read",
  "freight:decide",
  "freight:manage",
  "runs:read",
  "runs:control",
  "feeds:read",
  "feeds:manage",
  "feeds:secrets",
  "crosswalks:read",
  "crosswalks:mend",
  "odoo:read",
  "odoo:manage",
  "degraded:manage",
  "service_levels:read",
  "service_levels:manage",
  "carriers:read",
  "carriers:count",
  "people:read",
  "people:manage",
  "api_keys:manage",
  "settings:manage",
  "audit:read",
] as const;
export type Right = (typeof RIGHTS)[number];

const READ_OPERATIONS = [
  "tower:read",
  "shipments:read",
  "lookup:read",
  "customers:read",
  "exceptions:read",
  "postings:read",
  "reconciliation:read",
  "freight:read",
  "runs:read",
  "feeds:read",
  "crosswalks:read",
  "odoo:read",
  "service_levels:read",
  "carriers:read",
] as const satisfies readonly Right[];

const TRIAGE = [
  "messages:read",
  "exceptions:acknowledge",
  "exceptions:assign",
  "exceptions:snooze",
  "exceptions:comment",
  "exceptions:resolve",
] as const satisfies readonly Right[];

const TABLE: Readonly<Record<Role, readonly Right[]>> = {
  administrator: RIGHTS,
  logistics: [
    ...READ_OPERATIONS,
    ...TRIAGE,
    "exceptions:suppress",
    "degraded:manage",
    "automation:manage",
    "shipments:link",
    "shipments:correct",
    "lookup:contacts",
    "messages:replay",
    "messages:revise",
    "postings:repost",
    "reconciliation:run",
    "reconciliation:repair",
    "runs:control",
    "crosswalks:mend",
    "service_levels:manage",
    "carriers:count",
  ],
  support: [
    ...READ_OPERATIONS,
    ...TRIAGE,
    "shipments:link",
    "shipments:correct",
    "lookup:contacts",
    "messages:replay",
    "messages:revise",
    "postings:repost",
    "reconciliation:run",
    "reconciliation:repair",
    "runs:control",
    "crosswalks:mend",
  ],
  finance: [...READ_OPERATIONS, "reconciliation:run", "exceptions:comment", "exceptions:acknowledge", "freight:decide"],
  executive: [
    "tower:read",
    "shipments:read",
    "lookup:read",
    "customers:read",
    "exceptions:read",
    "service_levels:read",
    "carriers:read",
  ],
  partner: ["shipments:read", "lookup:read"],
};

/** Says whether a role has a right; the one table that server and buttons read. */
export function allows(role: Role, right: Right): boolean {
  return TABLE[role].includes(right);
}

/** Lists the rights of a role. */
export function rightsOf(role: Role): readonly Right[] {
  return TABLE[role];
}
