"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { statusOf } from "@/components/messages/inspector";
import { MessageBadge } from "@/components/messages/message-badge";
import { useTRPC } from "@/components/providers";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Identifier } from "@/components/ui/identifier";
import { formatDuration } from "@/components/ui/number";
import type { SampleSent } from "./rows";

/** Sends a signed example through the real door and follows it: taken, read, folded into a shipment. */
export function SampleSender({ feedId, wayIn }: { feedId: number; wayIn: string }) {
  const trpc = useTRPC();
  const send = useMutation(trpc.feeds.sendSample.mutationOptions());
  if (wayIn !== "push")
    return (
      <p className="text-ink-2">
        This feed takes no deliveries: drop a file into its folder, and it is taken once it has settled.
      </p>
    );
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <Button busy={send.isPending} onClick={() => send.mutate({ id: feedId })}>
          Send a sample
        </Button>
        <span className="text-ink-3">
          A made-up message, signed with the feed's own secret, through its own door. It makes a provisional shipment.
        </span>
      </div>
      {send.error ? <p className="text-broken">{send.error.message}</p> : null}
      {send.data ? <Trace sent={send.data} /> : null}
    </div>
  );
}

function Trace({ sent }: { sent: SampleSent }) {
  return (
    <ol className="flex flex-col gap-2 border-line border-l-2 pl-3">
      <li>
        <span className="flex flex-wrap items-center gap-x-2">
          <Badge tone={sent.refusal === null ? "ok" : "broken"} shape={sent.refusal === null ? "check" : "cross"}>
            {sent.refusal === null ? `Taken (${sent.status})` : `Refused (${sent.status})`}
          </Badge>
          <span className="text-ink-3 text-xs">{formatDuration(sent.durationMs)}</span>
        </span>
        {sent.refusal ? <span className="block break-words text-ink-2">{sent.refusal}</span> : null}
        <span className="text-ink-3 text-xs">
          correlation <Identifier value={sent.correlationId} max={40} />
        </span>
      </li>
      {sent.receipt ? <Followed receipt={sent.receipt} /> : null}
    </ol>
  );
}

function Followed({ receipt }: { receipt: string }) {
  const trpc = useTRPC();
  const got = useQuery({
    ...trpc.messages.inspect.queryOptions({ id: receipt }),
    refetchInterval: (query) => (!query.state.data || statusOf(query.state.data) === "waiting" ? 700 : false),
  });
  const inspection = got.data;
  if (got.error) return <li className="text-ink-2">{got.error.message}</li>;
  if (!inspection) return <li className="text-ink-3">Looking for it</li>;
  const status = statusOf(inspection);
  const [newest] = inspection.readings;
  return (
    <>
      <li>
        <span className="flex flex-wrap items-center gap-x-2">
          <MessageBadge status={status} problems={newest?.problems?.length} />
          <Link href={`/messages/${receipt}`} className="text-accent underline-offset-2 hover:underline">
            Open the message
          </Link>
        </span>
        {status === "waiting" ? <span className="text-ink-3">It is stored and waits for a worker.</span> : null}
        {newest?.problems?.[0] ? (
          <span className="block text-ink-2">expected {newest.problems[0].expected}</span>
        ) : null}
      </li>
      {inspection.events.length > 0 ? (
        <li>
          <Badge tone="ok" shape="check">
            {inspection.events.length} {inspection.events.length === 1 ? "event" : "events"}
          </Badge>
        </li>
      ) : null}
      {inspection.shipments.map((shipment) => (
        <li key={shipment.id} className="flex items-center gap-2">
          <Badge tone="ok" shape="check">
            Shipment
          </Badge>
          <Link href={`/shipments/${shipment.id}`} className="text-accent underline-offset-2 hover:underline">
            {shipment.name}
          </Link>
        </li>
      ))}
    </>
  );
}
