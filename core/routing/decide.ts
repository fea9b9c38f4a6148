import type { Attribute, Json, OdooPicking } from "@/core/shipments/attributes";
import type { Shipment } from "@/core/shipments/shipment";
import { type RouteSubject, type RouteTarget, type Routing, ruleFor } from "./rules";

/** Who decided: the transfer it is linked to, a rule, the one for all others, that there is one Odoo only, or nothing. */
export type RoutedBy = "transfer" | "rule" | "default" | "only" | "none";
export type RuleName = { id: string; name: string };

/** To which Odoo a shipment belongs and why, as stored with it. */
export type RouteDecision = {
  by: RoutedBy;
  connectionId: number | null;
  companyId: number | null;
  rule: RuleName | null;
  /** Version of the rules that were asked. */
  version: number;
  /** Where the rules would send it, when it stays elsewhere because a transfer there is linked to it. */
  unheeded: (RouteTarget & { rule: RuleName }) | null;
  atMs: number;
};

export type RouteInput = {
  routing: Routing;
  /** Connections that are not archived. */
  connections: readonly number[];
  subject: RouteSubject;
  /** The transfer it is linked to: it stays with that Odoo whatever the rules say. */
  picking: Pick<OdooPicking, "connectionId" | "companyId"> | null;
  before: RouteDecision | null;
  nowMs: number;
};

/** Decides to which Odoo a shipment belongs. The same answer keeps the instant at which it was first given. */
export function decideRoute(input: RouteInput): RouteDecision {
  const decided = decide(input);
  const { before } = input;
  return { ...decided, atMs: before !== null && isSame(before, decided) ? before.atMs : input.nowMs };
}

function decide({ routing, connections, subject, picking }: RouteInput): Omit<RouteDecision, "atMs"> {
  const found = ruleFor(routing.rules, subject);
  const rule = found === null ? null : { id: found.id, name: found.name };
  const base = { rule: null, version: routing.version, unheeded: null };
  if (picking !== null) {
    const isHeeded = found === null || isSameHome(found.to, picking);
    const unheeded = isHeeded || rule === null ? null : { ...found.to, rule };
    const { connectionId, companyId } = picking;
    return { ...base, by: "transfer", connectionId, companyId, rule: isHeeded ? rule : null, unheeded };
  }
  if (found !== null) return { ...base, by: "rule", ...found.to, rule };
  if (routing.otherwise !== null) return { ...base, by: "default", ...routing.otherwise };
  const [only, another] = connections;
  if (only !== undefined && another === undefined) return { ...base, by: "only", connectionId: only, companyId: null };
  return { ...base, by: "none", connectionId: null, companyId: null };
}

function isSame(a: RouteDecision, b: Omit<RouteDecision, "atMs">): boolean {
  return a.by === b.by && a.connectionId === b.connectionId && a.companyId === b.companyId && a.rule?.id === b.rule?.id;
}

/** The same Odoo, and no other company of it. */
export function isSameHome(a: RouteTarget, b: Pick<OdooPicking, "connectionId" | "companyId">): boolean {
  return (
    a.connectionId === b.connectionId && (a.companyId === null || b.companyId === null || a.companyId === b.companyId)
  );
}

type Said = { attribute: Attribute; value: Json };

/** What the rules ask about, out of what was said; of several values of a field the first counts. */
export function subjectOf(feeds: readonly number[], said: readonly Said[]): RouteSubject {
  const first = (attribute: Attribute) => said.find((one) => one.attribute === attribute)?.value ?? null;
  const countryIn = (attribute: Attribute) => {
    const value = first(attribute);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? text(value.country ?? null) : null;
  };
  return {
    feeds,
    warehouse: named(first("warehouse")),
    company: named(first("company")),
    country: countryIn("address") ?? countryIn("order_address") ?? countryIn("label_address"),
    channel: named(first("channel")),
  };
}

/** What a shipment's owners of its fields say. */
export function saidIn(attributes: Shipment["attributes"]): Said[] {
  return Object.entries(attributes).map(([attribute, { value }]) => ({ attribute: attribute as Attribute, value }));
}

/** A value is told as a word, or as a record with a name. */
function named(value: Json): string | null {
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return text(value.name ?? null);
  return text(value);
}

function text(value: Json): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.trim().slice(0, 200) : null;
}
