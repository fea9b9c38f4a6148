"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "@/components/providers";
import { OneDifference } from "@/components/reconciliation/row-panel";
import { useMay } from "@/components/shell/viewer";
import type { ExceptionDetail } from "./rows";

/** What differs between Odoo and Waypost with who changed it, and the choice to accept it; posting ours again stands below. */
export function DriftRemedy({ exception }: { exception: ExceptionDetail }) {
  const trpc = useTRPC();
  const mayRead = useMay("reconciliation:read");
  const shipmentId = exception.shipmentId ?? "";
  const found = useQuery({
    ...trpc.reconciliation.ofShipment.queryOptions({ shipmentId }),
    enabled: mayRead && shipmentId !== "",
  });
  const row = found.data;
  const aspect = exception.kind === "invoice_not_ready" ? "invoices" : "tracking";
  const difference = row?.differences.find((one) => one.aspect === aspect);
  if (!row || !difference) return null;
  return (
    <>
      <OneDifference row={row} difference={difference} onChanged={() => void found.refetch()} />
      <p className="px-4 pb-3">
        <Link
          href={`/reconciliation?day=${row.day}&id=${row.id}`}
          className="text-accent underline-offset-2 hover:underline"
        >
          Open the comparison
        </Link>
      </p>
    </>
  );
}
