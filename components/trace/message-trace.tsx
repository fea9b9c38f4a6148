"use client";
import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import Link from "next/link";
import { useTRPC } from "@/components/providers";
import { ErrorState } from "@/components/ui/error-state";
import { formatDuration } from "@/components/ui/number";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import type { AppRouter } from "@/server/api/root";
import { TraceSteps } from "./trace-steps";

export type MessageTrace = inferRouterOutputs<AppRouter>["messages"]["trace"];

/** The way of the newest messages that told of a shipment, stage by stage. */
export function ShipmentTrace({ shipmentId }: { shipmentId: string }) {
  const trpc = useTRPC();
  const got = useQuery(trpc.shipments.trace.queryOptions({ shipmentId }));
  if (got.error) return <TraceError error={got.error} onRetry={() => void got.refetch()} />;
  if (!got.data) return <SkeletonLines lines={5} />;
  const { traces, more } = got.data;
  if (traces.length === 0) return <p className="text-ink-3">No stored message tells of it any more.</p>;
  return (
    <>
      <ul className="flex flex-col gap-3">
        {traces.map((trace) => (
          <li
            key={trace.messageId}
            className="@container flex flex-col gap-1 border-line border-t pt-2 first:border-t-0"
          >
            <div className="flex flex-wrap items-baseline gap-x-3">
              <Link href={`/messages/${trace.messageId}`} className="font-medium underline-offset-2 hover:underline">
                {trace.feed ?? "Message"}
              </Link>
              <Time at={trace.receivedAt} className="text-ink-3 text-xs" />
              <span className="ml-auto text-ink-2 text-xs tabular-nums">{sumWords(trace)}</span>
            </div>
            <TraceSteps trace={trace} />
          </li>
        ))}
      </ul>
      {more ? (
        <p className="mt-2 text-ink-3 text-xs">The newest {traces.length}; older ones have their own page.</p>
      ) : null}
    </>
  );
}

/** The way of one message. */
export function OneTrace({ id }: { id: string }) {
  const trpc = useTRPC();
  const got = useQuery(trpc.messages.trace.queryOptions({ id }));
  if (got.error) return <TraceError error={got.error} onRetry={() => void got.refetch()} />;
  if (!got.data) return <SkeletonLines lines={3} />;
  return (
    <div className="@container flex flex-col gap-1">
      <TraceSteps trace={got.data} />
      <p className="text-ink-2 text-xs tabular-nums">{sumWords(got.data)}</p>
    </div>
  );
}

function TraceError({ error, onRetry }: { error: { message: string }; onRetry: () => void }) {
  return <ErrorState title="The way could not be read" error={error} onRetry={onRetry} className="px-0 py-2" />;
}

function sumWords({ status, waitedMs, totalMs, steps }: MessageTrace): string {
  if (status === "waiting") return `waits since ${formatDuration(waitedMs)}`;
  const isOpen = steps.some(({ state }) => state === "under_way");
  return `${formatDuration(totalMs)} ${isOpen ? "so far" : "from the receipt"}, of which ${formatDuration(waitedMs)} until it was read`;
}
