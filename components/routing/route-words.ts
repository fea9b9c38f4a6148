import type { RouteDecision } from "@/core/routing/decide";
import type { RouteTarget } from "@/core/routing/rules";

export type Named = { id: number; name: string; companies?: readonly { id: number; name: string }[] };

/** "West, company Acme BV"; an Odoo that is not connected any more by its number. */
export function placeWords({ connectionId, companyId }: RouteTarget, odoos: readonly Named[]): string {
  const odoo = odoos.find(({ id }) => id === connectionId);
  const name = odoo?.name ?? `connection ${connectionId}`;
  if (companyId === null) return name;
  return `${name}, ${odoo?.companies?.find(({ id }) => id === companyId)?.name ?? `company ${companyId}`}`;
}

/** Why a shipment belongs where it does, in one sentence. */
export function reasonWords({ by, rule, version }: RouteDecision): string {
  const asked = version > 0 ? ` (version ${version})` : "";
  switch (by) {
    case "transfer":
      return rule ? `its transfer is there, as rule "${rule.name}" says${asked}` : "its transfer is there";
    case "rule":
      return `rule "${rule?.name ?? ""}"${asked}`;
    case "default":
      return `no rule fits; it is the one for all others${asked}`;
    case "only":
      return "no rule fits, and there is only one";
    case "none":
      return `no rule fits${asked}`;
  }
}
