"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Field, Input } from "@/components/ui/input";
import { formatCount } from "@/components/ui/number";
import { Select } from "@/components/ui/select";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import { EXCEPTION_KINDS, EXCEPTION_SPECS, type ExceptionKind } from "@/core/exceptions/kinds";
import type { WindowOrigin, WindowState } from "@/core/exceptions/quiet-window";

const ANY = "any";
const STATE_TONE = { planned: "accent", running: "late", over: "idle" } as const satisfies Record<WindowState, string>;
const STATE_WORD: Readonly<Record<WindowState, string>> = { planned: "Planned", running: "Running", over: "Over" };

type Draft = {
  feed: string;
  carrier: string;
  kind: ExceptionKind | typeof ANY;
  from: string;
  to: string;
  reason: string;
};

/** The wall clock of a date as the input for date and time wants it. */
function forInput(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

function blank(): Draft {
  const now = new Date();
  const to = forInput(new Date(now.getTime() + 2 * 3_600_000));
  return { feed: ANY, carrier: "", kind: ANY, from: forInput(now), to, reason: "" };
}

/** Times in which exceptions are recorded without disturbing anybody: planned work and outages. */
export function WindowsForm() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const mayPlan = useMay("exceptions:suppress");
  const read = useQuery({ ...trpc.exceptions.windows.queryOptions(), refetchInterval: 15_000 });
  const counts = useQuery(trpc.exceptions.counts.queryOptions({ group: null, shipment: null, resolved: false }));
  const [draft, setDraft] = useState<Draft>(blank);
  const [origin, setOrigin] = useState<WindowOrigin>("planned");
  const settled = {
    onError: (error: { message: string }) => toast.error(error.message),
    onSettled: () => queries.invalidateQueries(trpc.exceptions.windows.queryFilter()),
  };
  const plan = useMutation(
    trpc.exceptions.planWindow.mutationOptions({
      ...settled,
      onSuccess: () => {
        toast.success("The window is planned. What matches is recorded and held back while it runs.");
        setDraft(blank());
        setOrigin("planned");
      },
    }),
  );
  const end = useMutation(
    trpc.exceptions.endWindow.mutationOptions({
      ...settled,
      onSuccess: () => toast.success("The window is over. What it held comes back."),
    }),
  );
  const feeds = counts.data?.feeds ?? [];
  if (read.error)
    return <ErrorState title="The windows could not be read" error={read.error} onRetry={() => void read.refetch()} />;
  if (!read.data) return <SkeletonLines lines={6} className="max-w-xl" />;
  const { windows, proposals } = read.data;
  const set = (over: Partial<Draft>) => setDraft({ ...draft, ...over });
  const ready = draft.reason.trim().length >= 3 && draft.from !== "" && draft.to !== "" && draft.from < draft.to;
  return (
    <div className="max-w-4xl">
      <p className="mb-3 text-ink-2">
        While a window runs, exceptions that match it are recorded as suppressed: not in the queue, nobody is alerted.
        At its end they come back, but for those that cleared. Lost, damaged and missing goods, forged senders and
        trouble of Waypost itself are held back only by a window that names their kind.
      </p>
      {proposals.length > 0 ? (
        <section aria-label="Possible outages" className="mb-4">
          <h2 className="mb-1 font-semibold text-sm">This looks like an outage</h2>
          {proposals.map((one) => (
            <div
              key={`${one.feedId} ${one.carrier}`}
              className="flex flex-wrap items-center gap-2 border-line border-b py-1.5"
            >
              <span className="min-w-0 flex-1">
                <span className="font-medium">{one.name}</span> <span className="text-ink-2">{one.why}</span>
              </span>
              {mayPlan ? (
                <Button
                  onClick={() => {
                    setOrigin("outage");
                    set({
                      feed: one.feedId === null ? ANY : String(one.feedId),
                      carrier: one.carrier ?? "",
                      reason: `Outage of ${one.name}`,
                    });
                  }}
                >
                  Fill in a window
                </Button>
              ) : null}
            </div>
          ))}
        </section>
      ) : null}
      {mayPlan ? (
        <form
          className="mb-6 grid grid-cols-2 gap-3 border-line border-b pb-4 sm:grid-cols-3"
          onSubmit={(event) => {
            event.preventDefault();
            if (!ready) return;
            plan.mutate({
              feedId: draft.feed === ANY ? null : Number(draft.feed),
              carrier: draft.carrier.trim() || null,
              kind: draft.kind === ANY ? null : draft.kind,
              fromAt: new Date(draft.from),
              toAt: new Date(draft.to),
              reason: draft.reason.trim(),
              origin,
            });
          }}
        >
          <Field label="Feed">
            {(control) => (
              <Select
                {...control}
                value={draft.feed}
                onChange={(feed) => set({ feed })}
                choices={[
                  { value: ANY, label: "Any feed" },
                  ...feeds.map((feed) => ({ value: String(feed.id), label: feed.name })),
                ]}
              />
            )}
          </Field>
          <Field label="Carrier">
            {(control) => (
              <Input
                {...control}
                placeholder="Any carrier"
                maxLength={200}
                value={draft.carrier}
                onChange={(event) => set({ carrier: event.target.value })}
              />
            )}
          </Field>
          <Field label="Kind">
            {(control) => (
              <Select
                {...control}
                value={draft.kind}
                onChange={(kind) => set({ kind })}
                choices={[
                  { value: ANY, label: "Any kind" },
                  ...EXCEPTION_KINDS.map((kind) => ({ value: kind, label: EXCEPTION_SPECS[kind].label })),
                ]}
              />
            )}
          </Field>
          <Field label="From">
            {(control) => (
              <Input
                {...control}
                type="datetime-local"
                value={draft.from}
                onChange={(e) => set({ from: e.target.value })}
              />
            )}
          </Field>
          <Field
            label="To"
            error={
              draft.from !== "" && draft.to !== "" && draft.from >= draft.to
                ? "The end has to come after the begin."
                : null
            }
          >
            {(control) => (
              <Input
                {...control}
                type="datetime-local"
                value={draft.to}
                onChange={(e) => set({ to: e.target.value })}
              />
            )}
          </Field>
          <Field label="Reason">
            {(control) => (
              <Input
                {...control}
                maxLength={500}
                value={draft.reason}
                onChange={(e) => set({ reason: e.target.value })}
              />
            )}
          </Field>
          <Button
            type="submit"
            variant="primary"
            className="justify-self-start"
            disabled={!ready}
            busy={plan.isPending}
          >
            Plan the window
          </Button>
        </form>
      ) : null}
      {windows.length === 0 ? <p className="text-ink-3">No window has been planned yet.</p> : null}
      <ul>
        {windows.map((window) => (
          <li key={window.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 border-line border-b py-2">
            <Badge tone={STATE_TONE[window.state]}>{STATE_WORD[window.state]}</Badge>
            <span className="min-w-0 flex-1">
              <span className="font-medium">
                {[window.feedName, window.carrier, window.kind ? EXCEPTION_SPECS[window.kind].label : null]
                  .filter(Boolean)
                  .join(" · ") || "The whole workspace"}
              </span>{" "}
              <span className="text-ink-2">{window.reason}</span>
              <span className="block text-ink-3 text-xs">
                <Time at={window.fromAt} /> to{" "}
                {window.ruled ? "when its rule is lifted" : <Time at={window.endedAt ?? window.toAt} />}
                {window.byName ? `, planned by ${window.byName}` : ""}
                {window.origin === "outage" ? ", outage" : ""}
              </span>
            </span>
            {window.held > 0 ? (
              <Link
                href="/exceptions?view=list&state=suppressed"
                className="text-accent underline-offset-2 hover:underline"
              >
                holds {formatCount(window.held)}
              </Link>
            ) : null}
            {mayPlan && window.state !== "over" && !window.ruled ? (
              <Button disabled={end.isPending} onClick={() => end.mutate({ id: window.id })}>
                End it now
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </div>
  );
}
