"use client";
import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { formatCount, formatDuration } from "@/components/ui/number";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import type { Connection } from "./rows";

/** How far the history of a new connection is read: found, read, left, and when it will be through. */
export function HistoryProgress({ overview, onChanged }: { overview: Connection; onChanged: () => void }) {
  const trpc = useTRPC();
  const mayManage = useMay("odoo:manage");
  const after = { onSuccess: onChanged, onError: (error: { message: string }) => toast.error(error.message) };
  const pause = useMutation(trpc.odoo.pauseHistory.mutationOptions(after));
  const resume = useMutation(trpc.odoo.resumeHistory.mutationOptions(after));
  const { history, connection } = overview;
  if (history === null) return null;
  const { found, read, remaining, percent, secondsLeft } = history.progress;
  if (history.doneAt !== null)
    return (
      <p className="mb-3 text-ink-2">
        Its history is here: {formatCount(history.found.orders)} {history.found.orders === 1 ? "order" : "orders"} and{" "}
        {formatCount(history.found.pickings)} {history.found.pickings === 1 ? "transfer" : "transfers"}, through{" "}
        <Time at={new Date(history.doneAt)} />. What stood before{" "}
        <Time at={new Date(history.startedAt)} show="absolute" /> asked for no note and no validation.
      </p>
    );
  const id = connection.id;
  return (
    <div className="mb-4 flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <span className="font-medium">
          {history.pausedAt ? "Reading its history is paused" : "Reading its history"}, {percent} %
        </span>
        {mayManage ? (
          history.pausedAt ? (
            <Button variant="primary" size="sm" busy={resume.isPending} onClick={() => resume.mutate({ id })}>
              Go on
            </Button>
          ) : (
            <Button size="sm" busy={pause.isPending} onClick={() => pause.mutate({ id })}>
              Pause
            </Button>
          )
        ) : null}
      </div>
      <div
        role="progressbar"
        aria-label="History read"
        aria-valuemin={0}
        aria-valuemax={found}
        aria-valuenow={read}
        className="h-1.5 overflow-hidden rounded-full bg-sunken"
      >
        <div className="h-full bg-accent" style={{ width: `${percent}%` }} />
      </div>
      <p className="text-ink-2">
        {formatCount(found)} found ({formatCount(history.found.orders)} orders, {formatCount(history.found.pickings)}{" "}
        transfers), {formatCount(read)} read, {formatCount(remaining)} left
        {secondsLeft === null ? "" : `, through in about ${formatDuration(Math.max(1, secondsLeft) * 1000)}`}.{" "}
        {history.pausedAt
          ? "Changes in Odoo are read when it goes on; what is here is worked and posted as ever."
          : "It floods nobody: what stood before is marked as history, and asks for no note and no validation."}
      </p>
    </div>
  );
}
