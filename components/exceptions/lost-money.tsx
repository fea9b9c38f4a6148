"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { Dialog } from "@/components/ui/dialog";
import { formatMoney } from "@/components/ui/money";
import { formatCount } from "@/components/ui/number";
import { StateBadge } from "@/components/ui/severity";
import { Time } from "@/components/ui/time";
import { EXCEPTION_SPECS } from "@/core/exceptions/kinds";
import { DEADLINE_WORD } from "./words";

/** What was lost in 30 days because a claim window, promise or invoice lapsed while the exception stood; opens its rows. */
export function LostMoney() {
  const trpc = useTRPC();
  const [open, setOpen] = useState(false);
  const lost = useQuery({ ...trpc.exceptions.lost.queryOptions(), staleTime: 60_000, refetchInterval: 300_000 });
  const { sums = [], rows = [] } = lost.data ?? {};
  if (sums.length === 0) return null;
  const sum = sums.map((one) => formatMoney(one.lostMinor, one.currency)).join(" + ");
  return (
    <>
      <button
        type="button"
        className="self-center whitespace-nowrap rounded-md px-2 text-broken text-xs tabular-nums underline-offset-2 hover:underline"
        onClick={() => setOpen(true)}
      >
        {sum} lost in 30 days
      </button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={`${sum} lost in 30 days`}
        description={`Of ${formatCount(sums.reduce((n, one) => n + one.count, 0))} exceptions the clock ran out while they stood. The newest are listed; each is in its history and in the audit log.`}
        className="max-w-[680px]"
      >
        <ul aria-label="Lost" className="pb-3">
          {rows.map((row) => (
            <li key={row.id} className="flex items-start gap-3 border-line border-b py-1.5 last:border-b-0">
              <span className="min-w-0 flex-1">
                <Link
                  href={`/exceptions?view=list&id=${row.id}`}
                  onClick={() => setOpen(false)}
                  className="block truncate underline-offset-2 hover:underline"
                  title={row.text}
                >
                  <span className="font-medium">{EXCEPTION_SPECS[row.kind].label}</span> {row.shipmentName ?? row.text}
                </Link>
                <span className="flex flex-wrap gap-x-2 text-ink-3 text-xs">
                  <StateBadge state={row.state} />
                  {row.deadlineKind ? <span>{DEADLINE_WORD[row.deadlineKind].toLowerCase()}</span> : null}
                  <Time at={row.lostAt} />
                </span>
              </span>
              <span className="tabular-nums">{formatMoney(row.lostMinor, row.currency)}</span>
            </li>
          ))}
        </ul>
      </Dialog>
    </>
  );
}
