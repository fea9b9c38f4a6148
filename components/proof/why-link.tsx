"use client";
import Link from "next/link";
import { MILESTONES } from "@/core/shipments/milestones";
import { quoted } from "./why";

export const isMilestone = (kind: string): boolean => (MILESTONES as readonly string[]).includes(kind);

const LINK = "text-accent text-xs underline-offset-2 hover:underline";

/** Leads to the chain behind a milestone on the page of its shipment. */
export function WhyLink({ shipmentId, milestone }: { shipmentId: string | null; milestone: string | undefined }) {
  if (shipmentId === null || milestone === undefined) return null;
  return (
    <Link href={`/shipments/${shipmentId}?why=${milestone}`} className={LINK}>
      Why is this {quoted(milestone)}?
    </Link>
  );
}

/** Leads to the chain behind a posting. */
export function ProofLink({ posting }: { posting: string }) {
  return (
    <Link href={`/postings?id=${posting}&proof=true`} className={LINK}>
      proof
    </Link>
  );
}
