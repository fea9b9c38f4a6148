"use client";
import { useMutation } from "@tanstack/react-query";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { useTRPC } from "@/components/providers";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/input";
import { formatCount } from "@/components/ui/number";
import { Select } from "@/components/ui/select";
import { SkeletonLines } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toaster";
import type { AppRouter } from "@/server/api/root";
import { PaceField, usePace } from "./pace-field";
import { firstVersions, versionsInWords } from "./words";

export type ReplayScope = inferRouterInputs<AppRouter>["messages"]["replay"]["scope"];
type Mapping = "current" | "original";
type Replayable = inferRouterOutputs<AppRouter>["messages"]["replayable"];

/**
 * Asks how stored messages are to be read again: by which mapping and how fast. The dry run writes nothing, and its page starts the real run; `copy` makes
 * it on a copy of the shipments, which the real run then has to match. `real` offers to go without one.
 */
export function ReplayDialog({
  scope,
  what,
  copy,
  real,
  onStarted,
  onClose,
}: {
  scope: ReplayScope;
  /** What is read again, for the title: "this message", "the feed". */
  what: string;
  copy?: boolean;
  real?: boolean;
  /** Where the run is shown in place; else its page is opened. */
  onStarted?: (id: string) => void;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const [mapping, setMapping] = useState<Mapping>("current");
  const pace = usePace();
  const found = useMutation(trpc.messages.replayable.mutationOptions());
  const { mutate } = found;
  // the scope is what the dialog was opened for
  const [asked] = useState(scope);
  useEffect(() => mutate({ scope: asked }), [mutate, asked]);
  const started = {
    onSuccess: (run: { id: string }) => {
      if (onStarted) {
        onStarted(run.id);
        onClose();
      } else router.push(`/runs/${run.id}`);
    },
    onError: (error: { message: string }) => toast.error(error.message),
  };
  const replay = useMutation(trpc.messages.replay.mutationOptions(started));
  const shadow = useMutation(trpc.messages.shadow.mutationOptions(started));
  const busy = replay.isPending || shadow.isPending;
  const messages = found.data?.messages ?? null;
  const start = (dryRun: boolean) => {
    const how = { scope: asked, mapping, perSecond: pace.perSecond };
    if (copy && dryRun) shadow.mutate(how);
    else replay.mutate({ ...how, dryRun });
  };
  const unable = !pace.fits || messages === null || messages === 0 || busy;
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Read ${what} again`}
      description="A dry run shows what would change, what is applied already and what cannot be read, and writes nothing. You start the real run from its page."
      footer={
        <>
          <Button onClick={onClose}>Leave it</Button>
          {real ? (
            <Button
              disabled={unable}
              busy={replay.isPending && replay.variables?.dryRun === false}
              onClick={() => start(false)}
            >
              Replay without a dry run
            </Button>
          ) : null}
          <Button
            variant="primary"
            disabled={unable}
            busy={busy && replay.variables?.dryRun !== false}
            onClick={() => start(true)}
          >
            Start the dry run
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <div aria-live="polite">
          {found.error ? (
            <p className="text-broken">{found.error.message}</p>
          ) : found.data ? (
            <p className="font-medium">
              {found.data.messages === 0
                ? "No stored message is in this scope."
                : `${formatCount(found.data.messages)}${found.data.capped ? " or more" : ""} stored ${found.data.messages === 1 ? "message" : "messages"}`}
            </p>
          ) : (
            <SkeletonLines lines={1} />
          )}
        </div>
        <Field label="By the mapping" hint={hintOf(mapping, found.data)}>
          {(control) => (
            <Select<Mapping>
              {...control}
              value={mapping}
              onChange={setMapping}
              className="w-full max-w-96"
              choices={[
                {
                  value: "current",
                  label: `Current${found.data ? `: ${versionsInWords(currentVersions(found.data))}` : ""}`,
                },
                {
                  value: "original",
                  label: `Original${found.data ? `: ${versionsInWords(firstVersions(found.data.mappings))}` : ""}`,
                },
              ]}
            />
          )}
        </Field>
        <PaceField
          pace={pace}
          hint={`${copy ? "Shipments, each with all its messages. " : ""}Empty: as fast as it goes. Live messages go first either way.`}
          items={copy ? null : messages}
          capped={found.data?.capped}
          measured={found.data?.perSecond}
        />
      </div>
    </Dialog>
  );
}

function currentVersions({ mappings }: Replayable) {
  return [...new Map(mappings.map((one) => [one.feed, { feed: one.feed, version: one.current }])).values()];
}

function hintOf(mapping: Mapping, found: Replayable | undefined): string {
  if (mapping === "current") return "What words mean now. This is how a mended mapping reaches the past.";
  const unread = (found?.mappings ?? []).filter((one) => one.first === null);
  const count = unread.reduce((sum, one) => sum + one.messages, 0);
  return `What words meant when each message was read first.${count > 0 ? ` ${formatCount(count)} that nobody has read yet ${count === 1 ? "is" : "are"} read by the current one.` : ""}`;
}
