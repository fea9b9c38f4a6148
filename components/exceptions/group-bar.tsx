"use client";
import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { formatCount } from "@/components/ui/number";
import { Skeleton } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import type { ExceptionFilter } from "@/core/exceptions/filter";
import { EXCEPTION_SPECS } from "@/core/exceptions/kinds";
import { useActs } from "./acts";
import type { SetUrl } from "./url";

/** Says which cause or shipment the list is narrowed to, and leads back. */
export function GroupBar({ filter, set, total }: { filter: ExceptionFilter; set: SetUrl; total: number | undefined }) {
  const trpc = useTRPC();
  const acts = useActs();
  const maySnooze = useMay("exceptions:snooze");
  const group = useQuery({
    ...trpc.exceptions.group.queryOptions({ id: filter.group ?? "" }),
    enabled: filter.group !== null,
  });
  return (
    <div className="flex min-h-7 items-center gap-2 px-3">
      <Button variant="quiet" onClick={() => void set({ view: "groups", group: null, shipment: null, id: null })}>
        <ArrowLeft aria-hidden />
        All causes
      </Button>
      {filter.group === null ? (
        <span>Exceptions of one shipment</span>
      ) : group.data ? (
        <p className="min-w-0 truncate" title={group.data.cause}>
          <span className="font-medium">{EXCEPTION_SPECS[group.data.kind].label}</span>{" "}
          <span className="text-ink-2">{group.data.cause}</span>
          <span className="text-ink-3">
            {total === undefined ? "" : ` · ${formatCount(total)} listed`} · first seen{" "}
            <Time at={group.data.firstSeen} />
            {group.data.regressed && group.data.settledAt ? (
              <>
                {" · regressed: "}
                {group.data.settledByName ? `${group.data.settledByName} resolved it` : "it was mended"}{" "}
                <Time at={group.data.settledAt} />
              </>
            ) : null}
          </span>
        </p>
      ) : group.error ? (
        <span className="text-ink-2">{group.error.message}</span>
      ) : (
        <Skeleton className="w-80" />
      )}
      {group.data && maySnooze ? (
        <Button
          variant="quiet"
          disabled={acts.busy}
          onClick={() => (group.data.snooze ? acts.wakeCause : acts.snoozeCause)(group.data.id)}
        >
          {group.data.snooze ? "Wake the cause" : "Snooze the cause"}
        </Button>
      ) : null}
    </div>
  );
}
