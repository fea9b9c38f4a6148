"use client";
import { ExternalLink } from "lucide-react";
import { RouteNote } from "@/components/routing/route-note";
import { Identifier } from "@/components/ui/identifier";
import { Fact, Facts } from "@/components/ui/side-panel";
import { Due, Time } from "@/components/ui/time";
import type { ShipmentDetail } from "./rows";

/** The Odoo record behind a shipment, as a link where its address is known. */
export function OdooLink({ odoo }: Pick<ShipmentDetail, "odoo">) {
  if (odoo === null) return <span className="text-ink-3">not linked to a picking yet</span>;
  const words = `${odoo.connection}, picking ${odoo.pickingId}`;
  if (odoo.link === null) return <span>{words}</span>;
  return (
    <a
      href={odoo.link}
      target="_blank"
      rel="noreferrer"
      className="inline-flex items-center gap-1 text-accent underline-offset-2 hover:underline"
    >
      {words}
      <ExternalLink className="size-3" aria-hidden />
      <span className="sr-only">(opens Odoo)</span>
    </a>
  );
}

export function ShipmentFacts({ shipment }: { shipment: ShipmentDetail }) {
  const { head, feeds } = shipment;
  const first = feeds.find((feed) => feed.id === head.firstFeedId);
  return (
    <Facts>
      <Fact name="Carrier">{[head.carrier, head.service].filter(Boolean).join(", ") || "–"}</Fact>
      <Fact name="Tracking number">
        {head.trackingNumber ? (
          <Identifier value={head.trackingNumber} max={32} />
        ) : (
          <span className="text-ink-3">–</span>
        )}
      </Fact>
      <Fact name="Customer">{head.customer ?? "–"}</Fact>
      <Fact name="Warehouse">{head.warehouse ?? "–"}</Fact>
      {head.channel ? <Fact name="Channel">{head.channel}</Fact> : null}
      <Fact name="Promised">
        {head.promisedAt ? (
          <>
            <Time at={head.promisedAt} show="absolute" />
            {head.terminal === null ? (
              <>
                {" · "}
                <Due at={head.promisedAt} />
              </>
            ) : null}
          </>
        ) : (
          "–"
        )}
      </Fact>
      {head.etaAt && head.terminal === null ? (
        <Fact name="Expected">
          <Time at={head.etaAt} show="both" />
        </Fact>
      ) : null}
      <Fact name="Odoo">
        <OdooLink odoo={shipment.odoo} />
        {head.route ? <RouteNote route={head.route} connections={shipment.connections} /> : null}
      </Fact>
      <Fact name="First seen in">
        {first?.name ?? "–"}, <Time at={head.createdAt} />
      </Fact>
      <Fact name="Id">
        <Identifier value={head.id} max={36} />
      </Fact>
    </Facts>
  );
}
