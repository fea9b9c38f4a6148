"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { POSTING_KIND_WORD } from "@/components/postings/words";
import { useTRPC } from "@/components/providers";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { formatCount } from "@/components/ui/number";
import { toast } from "@/components/ui/toaster";
import { PHASE_SPECS } from "@/core/phases/phases";
import type { KindStep, PhaseStanding } from "./rows";

type Shown = Record<string, { would: number; kept: number }>;
const nameOf = ({ connectionId, kind }: KindStep) => `${connectionId} ${kind}`;

/** On: the dry run of each of its kinds, then the switch. Off: what will wait. */
export function SwitchPhaseDialog({
  standing: { phase, kinds },
  to,
  onClose,
}: {
  standing: PhaseStanding;
  to: "on" | "off";
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [shown, setShown] = useState<Shown>({});
  const dryRun = useMutation(trpc.odoo.dryRunKind.mutationOptions({ onError: (error) => toast.error(error.message) }));
  const turn = useMutation(
    trpc.phases.switch.mutationOptions({
      onSuccess: ({ switched, moved }) => {
        const what = `${switched.length} ${switched.length === 1 ? "kind" : "kinds"}, ${formatCount(moved)} ${moved === 1 ? "posting" : "postings"}`;
        toast.success(`Phase ${phase} is ${to}: ${what} ${to === "on" ? "due now" : "wait"}`);
        void queries.invalidateQueries(trpc.tower.pulse.queryFilter());
        void queries.invalidateQueries(trpc.odoo.list.queryFilter());
        onClose();
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  const touched = kinds.filter(({ state }) =>
    to === "on" ? state === "ready" || state === "dry_run" : state === "on",
  );
  const unseen = to === "on" ? touched.filter((one) => shown[nameOf(one)] === undefined) : [];
  const look = async () => {
    for (const one of touched) {
      const { would, kept } = await dryRun.mutateAsync({ id: one.connectionId, kind: one.kind });
      setShown((now) => ({ ...now, [nameOf(one)]: { would, kept } }));
    }
  };
  const { name } = PHASE_SPECS[phase];
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Turn phase ${phase} ${to}: ${name}`}
      description={
        to === "on"
          ? "Its screens stand in the menu, and exactly these kinds are posted. Look at their dry run first; it sends nothing."
          : "Its screens leave the menu, the search and the tower, and what its kinds plan waits. Nothing is deleted."
      }
      footer={
        <>
          <Button onClick={onClose}>Leave it</Button>
          {unseen.length > 0 ? (
            <Button variant="primary" busy={dryRun.isPending} onClick={() => void look().catch(() => undefined)}>
              Dry run of {touched.length} {touched.length === 1 ? "kind" : "kinds"}
            </Button>
          ) : (
            <Button
              variant={to === "on" ? "primary" : "danger"}
              busy={turn.isPending}
              onClick={() => turn.mutate({ phase, to })}
            >
              Turn phase {phase} {to}
            </Button>
          )}
        </>
      }
    >
      {touched.length === 0 ? <p className="text-ink-2">No posting kind changes.</p> : null}
      <ul className="flex flex-col gap-1.5">
        {touched.map((one) => {
          const found = shown[nameOf(one)];
          return (
            <li key={nameOf(one)} className="flex flex-wrap items-baseline gap-x-2">
              <span className="font-medium">{POSTING_KIND_WORD[one.kind]}</span>
              <span className="text-ink-3">{one.connection}</span>
              <span className="ml-auto text-ink-2">
                {to === "off"
                  ? "will wait"
                  : found
                    ? `posts ${formatCount(found.would)} now, ${formatCount(found.kept)} from before stay unposted`
                    : "not looked at yet"}
              </span>
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}
