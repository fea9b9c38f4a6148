"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { OneDifference } from "@/components/reconciliation/row-panel";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { Section } from "@/components/ui/side-panel";
import { toast } from "@/components/ui/toaster";
import type { ExceptionDetail } from "./rows";

const LOOK_AGAIN_MS = 3_000;

/** What differs between Odoo and Waypost with who changed it, and the choice to accept it; posting ours again stands below. */
export function DriftRemedy({ exception }: { exception: ExceptionDetail }) {
  const trpc = useTRPC();
  const mayRead = useMay("reconciliation:read");
  const [asked, setAsked] = useState(false);
  const shipmentId = exception.shipmentId ?? "";
  const aspect = exception.kind === "invoice_not_ready" ? "invoices" : "tracking";
  const found = useQuery({
    ...trpc.reconciliation.ofShipment.queryOptions({ shipmentId }),
    enabled: mayRead && shipmentId !== "",
    refetchInterval: ({ state }) =>
      asked && !state.data?.differences.some((one) => one.aspect === aspect) ? LOOK_AGAIN_MS : false,
  });
  const row = found.data;
  const difference = row?.differences.find((one) => one.aspect === aspect);
  if (!row || !difference)
    return exception.kind === "odoo_drift" && found.isSuccess ? (
      <NotCompared shipmentId={shipmentId} asked={asked} onAsked={() => setAsked(true)} />
    ) : null;
  return (
    <>
      <OneDifference row={row} difference={difference} onChanged={() => void found.refetch()} />
      <p className="border-line border-b px-4 py-2">
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

/** A change is seen by the poll before it is compared: until then there is nothing to accept. */
function NotCompared({ shipmentId, asked, onAsked }: { shipmentId: string; asked: boolean; onAsked: () => void }) {
  const trpc = useTRPC();
  const mayRun = useMay("reconciliation:run");
  const compare = useMutation(
    trpc.reconciliation.run.mutationOptions({
      onSuccess: onAsked,
      onError: (error) => toast.error(error.message),
    }),
  );
  return (
    <Section title="Accept Odoo's value">
      <p className="mb-2 text-ink-2">
        {asked
          ? "Odoo is being read. What differs, and who changed it, appears here."
          : "Who changed it is known once Odoo and Waypost were compared, which happens by itself within ten minutes. Then Odoo's value can be accepted here."}
      </p>
      {mayRun && !asked ? (
        <Button busy={compare.isPending} onClick={() => compare.mutate({ shipments: [shipmentId] })}>
          Compare now
        </Button>
      ) : null}
    </Section>
  );
}
