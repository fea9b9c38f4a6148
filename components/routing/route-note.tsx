"use client";
import { Time } from "@/components/ui/time";
import type { RouteDecision } from "@/core/routing/decide";
import { type Named, placeWords, reasonWords } from "./route-words";

/** To which Odoo a shipment belongs and why; what a rule would say against it is named, since it does not move. */
export function RouteNote({ route, connections }: { route: RouteDecision; connections: readonly Named[] }) {
  const { connectionId, companyId, unheeded } = route;
  return (
    <span className="block text-ink-3 text-xs">
      {connectionId === null
        ? "Not routed: "
        : `Routed to ${placeWords({ connectionId, companyId: route.by === "transfer" ? null : companyId }, connections)}: `}
      {reasonWords(route)}, <Time at={route.atMs} />
      {unheeded ? (
        <span className="block text-late">
          Rule "{unheeded.rule.name}" would send it to {placeWords(unheeded, connections)}. It stays where its transfer
          is; link it to another transfer to move it.
        </span>
      ) : null}
    </span>
  );
}
