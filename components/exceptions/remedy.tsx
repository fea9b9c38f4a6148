"use client";
import { AddressRemedy } from "./address-remedy";
import { DayRemedy } from "./day-remedy";
import { DriftRemedy } from "./drift-remedy";
import { LabelRemedy } from "./label-remedy";
import { LinkRemedy } from "./link-remedy";
import { MendRemedy } from "./mend-remedy";
import { PairUndo } from "./pair-undo";
import { RejectedRemedy } from "./rejected-remedy";
import { ReplayRemedy } from "./replay-remedy";
import { RepostRemedy } from "./repost-remedy";
import { RoutingRemedy } from "./routing-remedy";
import type { ExceptionDetail } from "./rows";
import { TrackingRemedy } from "./tracking-remedy";

/** What can be mended from the spot, by kind; nothing where only the world can. */
export function Remedy({ exception }: { exception: ExceptionDetail }) {
  if (exception.state === "resolved")
    return exception.kind === "duplicate_shipment" ? <PairUndo exception={exception} /> : null;
  switch (exception.kind) {
    case "unmapped_code":
      return <MendRemedy exception={exception} />;
    case "unreadable_message":
    case "our_fault":
      return <ReplayRemedy exception={exception} />;
    case "unrouted_shipment":
      return (
        <>
          <RoutingRemedy />
          <LinkRemedy exception={exception} />
        </>
      );
    case "unknown_shipment":
    case "ambiguous_match":
    case "duplicate_shipment":
      return <LinkRemedy exception={exception} />;
    case "posting_rejected":
      return <RejectedRemedy exception={exception} />;
    case "posting_unconfirmed":
      return <RepostRemedy exception={exception} />;
    case "odoo_drift":
      return (
        <>
          <DriftRemedy exception={exception} />
          <RepostRemedy exception={exception} />
        </>
      );
    case "day_not_reconciled":
      return <DayRemedy exception={exception} />;
    case "invoice_not_ready":
      return <DriftRemedy exception={exception} />;
    case "tracking_mismatch":
      return (
        <>
          <TrackingRemedy exception={exception} />
          <DriftRemedy exception={exception} />
        </>
      );
    case "address_mismatch":
      return <AddressRemedy exception={exception} />;
    case "label_failed":
      return <LabelRemedy exception={exception} />;
    default:
      return null;
  }
}
