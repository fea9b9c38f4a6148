"use client";
import { LinkRemedy } from "./link-remedy";
import { MendRemedy } from "./mend-remedy";
import { ReplayRemedy } from "./replay-remedy";
import { RepostRemedy } from "./repost-remedy";
import type { ExceptionDetail } from "./rows";

/** What can be mended from the spot, by kind; nothing where only the world can. */
export function Remedy({ exception }: { exception: ExceptionDetail }) {
  if (exception.state === "resolved") return null;
  switch (exception.kind) {
    case "unmapped_code":
      return <MendRemedy exception={exception} />;
    case "unreadable_message":
    case "our_fault":
      return <ReplayRemedy exception={exception} />;
    case "unknown_shipment":
    case "ambiguous_match":
    case "duplicate_shipment":
      return <LinkRemedy exception={exception} />;
    case "posting_rejected":
    case "posting_unconfirmed":
    case "odoo_drift":
    case "tracking_mismatch":
      return <RepostRemedy exception={exception} />;
    default:
      return null;
  }
}
