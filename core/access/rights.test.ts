import { describe, expect, it } from "vitest";
import { allows, RIGHTS, type Right, rightsOf } from "./rights";
import { ROLES, type Role } from "./roles";

/** Who may what, spelled out: a change of the table has to be made twice, on purpose. */
const EXPECTED: Record<Right, string> = {
  "tower:read": "administrator logistics support finance executive",
  "shipments:read": "administrator logistics support finance executive partner",
  "shipments:link": "administrator logistics support",
  "shipments:correct": "administrator logistics support",
  "lookup:read": "administrator logistics support finance executive partner",
  "lookup:contacts": "administrator logistics support",
  "customers:read": "administrator logistics support finance executive",
  "messages:read": "administrator logistics support",
  "messages:replay": "administrator logistics support",
  "messages:revise": "administrator logistics support",
  "exceptions:read": "administrator logistics support finance executive",
  "exceptions:acknowledge": "administrator logistics support finance",
  "exceptions:assign": "administrator logistics support",
  "exceptions:snooze": "administrator logistics support",
  "exceptions:suppress": "administrator logistics",
  "degraded:manage": "administrator logistics",
  "exceptions:comment": "administrator logistics support finance",
  "exceptions:resolve": "administrator logistics support",
  "automation:manage": "administrator logistics",
  "postings:read": "administrator logistics support finance",
  "postings:repost": "administrator logistics support",
  "reconciliation:read": "administrator logistics support finance",
  "reconciliation:run": "administrator logistics support finance",
  "reconciliation:repair": "administrator logistics support",
  "freight:read": "administrator logistics support finance",
  "freight:decide": "administrator finance",
  "freight:manage": "administrator",
  "runs:read": "administrator logistics support finance",
  "runs:control": "administrator logistics support",
  "feeds:read": "administrator logistics support finance",
  "feeds:manage": "administrator",
  "feeds:secrets": "administrator",
  "crosswalks:read": "administrator logistics support finance",
  "crosswalks:mend": "administrator logistics support",
  "odoo:read": "administrator logistics support finance",
  "odoo:manage": "administrator",
  "service_levels:read": "administrator logistics support finance executive",
  "service_levels:manage": "administrator logistics",
  "carriers:read": "administrator logistics support finance executive",
  "carriers:count": "administrator logistics",
  "people:read": "administrator",
  "people:manage": "administrator",
  "api_keys:manage": "administrator",
  "settings:manage": "administrator",
  "audit:read": "administrator",
};

describe("the rights table", () => {
  it.each(RIGHTS)("gives %s to exactly those who need it", (right) => {
    expect(ROLES.filter((role) => allows(role, right)).join(" ")).toBe(EXPECTED[right]);
  });

  it.each(ROLES)("lists for %s exactly what it allows", (role) => {
    expect([...new Set(rightsOf(role))].sort()).toEqual(RIGHTS.filter((right) => allows(role, right)).sort());
  });

  it.each<Role>(["executive", "partner"])("lets %s only read", (role) => {
    expect(rightsOf(role).every((right) => right.endsWith(":read"))).toBe(true);
  });

  it("shows no partner what people, money or messages say", () => {
    expect(rightsOf("partner")).toEqual(["shipments:read", "lookup:read"]);
  });
});
