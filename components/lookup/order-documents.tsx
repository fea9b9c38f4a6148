"use client";
import { useQuery } from "@tanstack/react-query";
import { OdooRecord } from "@/components/odoo/odoo-record";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { formatMoney } from "@/components/ui/money";
import { SkeletonLines } from "@/components/ui/skeleton";
import { standingOf } from "@/core/lookup/documents";

/** Invoices and credits of the order as Odoo holds them at this moment; the answer beside it does not wait for them. */
export function OrderDocuments({ id }: { id: string }) {
  const trpc = useTRPC();
  const may = useMay("customers:read");
  const asked = useQuery({ ...trpc.lookup.documents.queryOptions({ id }), enabled: may, retry: false });
  if (!may || asked.data === null) return null;
  const { documents = [], silent = null } = asked.data ?? {};
  return (
    <section>
      <h3 className="mb-1 font-semibold">Invoices and credits</h3>
      {asked.isPending ? (
        <SkeletonLines lines={2} />
      ) : asked.error || silent !== null ? (
        <p className="break-words text-ink-2">Odoo could not be asked: {asked.error?.message ?? silent}</p>
      ) : documents.length === 0 ? (
        <p className="text-ink-3">Odoo has invoiced nothing of the order, and credited nothing.</p>
      ) : (
        <ul>
          {documents.map((one) => (
            <li key={one.id} className="flex flex-wrap items-baseline gap-x-2 border-line border-t py-1">
              <span className="font-medium">{one.kind === "credit" ? "Credit" : "Invoice"}</span>
              <OdooRecord link={one.link} name={one.name ?? "without a number yet"} />
              <span className="text-ink-3 text-xs">{[one.date, standingOf(one)].filter(Boolean).join(" · ")}</span>
              {one.amountMinor === null ? null : (
                <span className="ml-auto tabular-nums">
                  {one.kind === "credit" ? "−" : ""}
                  {formatMoney(one.amountMinor, one.currency)}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
