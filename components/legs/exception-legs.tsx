"use client";
import { formatDuration } from "@/components/ui/number";
import { useNow } from "@/components/ui/time";
import { splitLegs } from "@/core/service-levels/event-legs";
import { LegsBar, LegsKey } from "./legs-bar";

type Moments = {
  occurredAt: Date | null;
  receivedAt: Date | null;
  openedAt: Date;
  resolvedAt: Date | null;
};

/** Where the time of an exception went: until the source told, until it stood in the queue, and what people have had it for. */
export function ExceptionLegs({ occurredAt, receivedAt, openedAt, resolvedAt }: Moments) {
  const now = useNow();
  const received = (receivedAt ?? openedAt).getTime();
  // the reading and the judging of one message are one transaction, so its queue is one leg; what follows is a person's
  const split = splitLegs(
    {
      occurredAtMs: occurredAt?.getTime() ?? null,
      receivedAtMs: received,
      firstReadAtMs: Math.max(received, openedAt.getTime()),
      readAtMs: resolvedAt?.getTime() ?? Math.max(now, openedAt.getTime()),
      posting: null,
    },
    now,
  );
  const words = new Map(split.legs.map(({ leg, ms }) => [leg, ms]));
  return (
    <div className="flex flex-col gap-1.5">
      <LegsBar legs={split.legs} totalMs={split.totalMs} />
      <p className="text-ink-2 text-xs">
        {formatDuration(split.totalMs)} {resolvedAt ? "from the event to its end" : "so far"}: the source{" "}
        {formatDuration(words.get("source") ?? 0)}, Waypost {formatDuration(words.get("interpret") ?? 0)}, people{" "}
        {formatDuration(words.get("person") ?? 0)}.
      </p>
      <LegsKey only={["source", "interpret", "person"]} />
    </div>
  );
}
