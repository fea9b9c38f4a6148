"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { PageHeader } from "@/components/shell/page-header";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { SkeletonLines } from "@/components/ui/skeleton";
import { PHASE_SPECS } from "@/core/phases/phases";
import { KindList } from "./kind-list";
import type { PhaseStanding } from "./rows";
import { SwitchPhaseDialog } from "./switch-phase-dialog";

/** The roll-out in three phases, each with what it does, what it still needs, and its switch. */
export function PhasesScreen() {
  const trpc = useTRPC();
  const read = useQuery(trpc.phases.read.queryOptions());
  return (
    <>
      <PageHeader title="Phases" note="Take Waypost into use step by step" />
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-8">
        {read.data ? (
          <div className="flex max-w-[1080px] flex-col gap-4">
            {read.data.map((standing) => (
              <PhaseCard key={standing.phase} standing={standing} onChanged={() => void read.refetch()} />
            ))}
            <p className="text-ink-3 text-xs">
              A phase that is off hides its screens from the menu, the search and the tower, says so at their addresses,
              and lets its postings wait. No data is deleted, the API goes on, and nobody's rights change. Kinds that
              need a set-up or decision of their own (the status field, customer invoices) are switched on at the{" "}
              <Link href="/settings/odoo" className="text-accent underline-offset-2 hover:underline">
                Odoo screen
              </Link>
              .
            </p>
          </div>
        ) : read.error ? (
          <ErrorState title="The phases could not be read" error={read.error} onRetry={() => void read.refetch()} />
        ) : (
          <SkeletonLines lines={12} className="max-w-xl" />
        )}
      </div>
    </>
  );
}

function PhaseCard({ standing, onChanged }: { standing: PhaseStanding; onChanged: () => void }) {
  const { phase, on, steps, kinds } = standing;
  const spec = PHASE_SPECS[phase];
  const [asking, setAsking] = useState<"on" | "off" | null>(null);
  const waiting = kinds.filter(({ state }) => state === "ready" || state === "dry_run").length;
  const stillOn = on ? 0 : kinds.filter(({ state }) => state === "on").length;
  const done = steps.filter(({ state }) => state === "done").length;
  return (
    <section aria-labelledby={`phase-${phase}`} className="rounded-lg border border-line bg-surface">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2 border-line border-b px-4 py-3">
        <h2 id={`phase-${phase}`} className="font-semibold">
          Phase {phase}: {spec.name}
        </h2>
        <Badge tone={on ? "ok" : "idle"} shape={on ? "check" : "pause"}>
          {on ? "On" : "Off"}
        </Badge>
        <span className="text-ink-3 text-xs">
          {done} of {steps.length} steps done
          {stillOn > 0 ? `; ${stillOn} of its kinds still post, switched on by themselves` : ""}
        </span>
        <span className="ml-auto flex gap-2">
          {on && waiting > 0 ? (
            <Button variant="primary" onClick={() => setAsking("on")}>
              Switch on {waiting} {waiting === 1 ? "kind" : "kinds"}
            </Button>
          ) : null}
          {stillOn > 0 ? (
            <Button onClick={() => setAsking("off")}>
              Switch off {stillOn} {stillOn === 1 ? "kind" : "kinds"}
            </Button>
          ) : null}
          {on ? (
            <Button onClick={() => setAsking("off")}>Turn off</Button>
          ) : (
            <Button variant="primary" onClick={() => setAsking("on")}>
              Turn on
            </Button>
          )}
        </span>
      </header>
      <div className="grid gap-x-8 gap-y-5 px-4 py-3 lg:grid-cols-2">
        <div className="flex flex-col gap-4">
          <Parts phase={phase} />
          <p className="text-ink-2">
            In the menu while it is on:{" "}
            {spec.modules.map(({ href, word }, at) => (
              <span key={href}>
                {at > 0 ? ", " : ""}
                <Link href={href} className="text-accent underline-offset-2 hover:underline">
                  {word}
                </Link>
              </span>
            ))}
          </p>
        </div>
        <div className="flex flex-col gap-4">
          <Steps steps={steps} />
          {kinds.length > 0 ? <KindList kinds={kinds} /> : null}
        </div>
      </div>
      {asking ? (
        <SwitchPhaseDialog
          standing={standing}
          to={asking}
          onClose={() => {
            setAsking(null);
            onChanged();
          }}
        />
      ) : null}
    </section>
  );
}

function Parts({ phase }: Pick<PhaseStanding, "phase">) {
  return (
    <ul className="flex flex-col gap-2.5">
      {PHASE_SPECS[phase].parts.map(({ name, what }) => (
        <li key={name}>
          <span className="font-medium">{name}</span>
          <span className="block text-ink-2">{what}</span>
        </li>
      ))}
    </ul>
  );
}

const STEP = {
  done: { word: "Done", tone: "ok", shape: "check" },
  open: { word: "Open", tone: "late", shape: "ring" },
  optional: { word: "As shipped", tone: "idle", shape: "dash" },
} as const;

function Steps({ steps }: Pick<PhaseStanding, "steps">) {
  return (
    <ol className="flex flex-col gap-2" aria-label="What it needs">
      {steps.map(({ name, state, why, href }) => (
        <li key={name} className="grid grid-cols-[116px_minmax(0,1fr)] gap-x-2">
          <Badge tone={STEP[state].tone} shape={STEP[state].shape}>
            {STEP[state].word}
          </Badge>
          <span>
            <Link href={href} className="font-medium underline-offset-2 hover:underline">
              {name}
            </Link>
            <span className="block text-ink-2">{why}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}
