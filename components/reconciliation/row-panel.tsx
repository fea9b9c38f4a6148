"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { Diff } from "@/components/diff/diff";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Fact, Facts, Section, SidePanel } from "@/components/ui/side-panel";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import type { Aspect } from "@/core/reconciliation/aspects";
import type { RepairStep } from "@/core/reconciliation/repair";
import type { FoundDifference, RowDetail } from "./rows";
import { LINK_WORD } from "./shown-steps";
import { Said, saidInWords } from "./value";
import { ACT_WORD, ASPECT_WORD, CAUSE_WORD, SYSTEM_WORD } from "./words";

/** One shipment on one day: what each system says, why they differ, and what can be done in which order. */
export function RowPanel({
  id,
  day,
  onClose,
  onWalk,
  onChanged,
}: {
  id: string;
  day: string;
  onClose: () => void;
  onWalk?: (step: 1 | -1) => void;
  onChanged: () => void;
}) {
  const trpc = useTRPC();
  const got = useQuery(trpc.reconciliation.get.queryOptions({ id, day }));
  const changed = () => {
    void got.refetch();
    onChanged();
  };
  return (
    <SidePanel
      label="Comparison"
      onClose={onClose}
      onWalk={onWalk}
      pageHref={got.data?.known ? `/shipments/${id}` : undefined}
      header={got.data ? <Head row={got.data} /> : got.error ? null : <SkeletonLines lines={2} />}
    >
      {got.error ? (
        <ErrorState title="This comparison could not be read" error={got.error} onRetry={() => void got.refetch()} />
      ) : got.data ? (
        <Body row={got.data} onChanged={changed} />
      ) : (
        <div className="p-4">
          <SkeletonLines lines={9} />
        </div>
      )}
    </SidePanel>
  );
}

function Head({ row }: { row: RowDetail }) {
  return (
    <div className="flex flex-col gap-0.5">
      <span className="text-ink-3 text-xs">
        compared <Time at={row.comparedAt} />
      </span>
      <h2 className="truncate font-semibold text-base leading-snug">
        {row.name}
        <span className="font-normal text-ink-2">
          {row.open === 0 ? " agrees" : ` differs in ${row.open} ${row.open === 1 ? "thing" : "things"}`}
        </span>
      </h2>
    </div>
  );
}

function Body({ row, onChanged }: { row: RowDetail; onChanged: () => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const mayRepair = useMay("reconciliation:repair");
  const mayRun = useMay("reconciliation:run");
  const plan = useMutation(
    trpc.reconciliation.repair.mutationOptions({
      onSuccess: (run) => router.push(`/runs/${run.id}`),
      onError: (error) => toast.error(error.message),
    }),
  );
  const again = useMutation(
    trpc.reconciliation.run.mutationOptions({
      onSuccess: (run) =>
        toast.success("Odoo is being read", {
          action: { label: "See the run", onClick: () => router.push(`/runs/${run.id}`) },
        }),
      onError: (error) => toast.error(error.message),
    }),
  );
  const does = row.steps.filter(({ act, deed }) => act === "post" || deed !== null).length;
  const moves = row.steps.some(({ act }) => act === "move_number");
  const look = (belongs?: "here" | "there") =>
    plan.mutate({ dryRun: true, target: { day: row.day, ids: [row.id] }, ...(belongs ? { belongs } : {}) });
  return (
    <>
      {row.repairing ? <Repairing repairing={row.repairing} /> : null}
      <div className="flex flex-wrap gap-2 border-line border-b px-4 py-3">
        {mayRepair && row.open > 0 ? (
          <Button variant="primary" busy={plan.isPending} onClick={() => look()}>
            {does > 0 ? `Repair: look first at ${does} ${does === 1 ? "step" : "steps"}` : "Plan the repair"}
          </Button>
        ) : null}
        {mayRepair && moves ? (
          <>
            <Button busy={plan.isPending} onClick={() => look("here")} title="First you see what that changes">
              The number belongs here
            </Button>
            <Button busy={plan.isPending} onClick={() => look("there")} title="First you see what that changes">
              It belongs to the other
            </Button>
          </>
        ) : null}
        {mayRun && row.known ? (
          <Button busy={again.isPending} onClick={() => again.mutate({ day: row.day, shipments: [row.id] })}>
            Compare again
          </Button>
        ) : null}
      </div>
      {row.differences.length === 0 ? (
        <Section title="Nothing differs">
          <p className="text-ink-2">What the systems said of this shipment agreed when it was compared.</p>
        </Section>
      ) : null}
      {row.differences.map((difference) => (
        <OneDifference key={difference.aspect} row={row} difference={difference} onChanged={onChanged} />
      ))}
      {row.steps.length > 0 ? (
        <Section title="What to do, in this order">
          <Steps steps={row.steps} />
        </Section>
      ) : null}
      {row.decisions.length > 0 ? (
        <Section title="What was decided">
          <ul className="flex flex-col gap-2">
            {row.decisions.map((one) => (
              <li key={one.id} className={one.endedAt ? "text-ink-3" : undefined}>
                {one.byName} {one.decision === "accept" ? "accepted Odoo's" : "posted our"}{" "}
                {ASPECT_WORD[one.aspect].toLowerCase()}, <Time at={one.at} />
                {one.changedBy ? `, after ${one.changedBy} changed it` : ""}
                {one.reason ? `: “${one.reason}”` : ""}
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
      <Section title="Where">
        <Facts>
          {row.known ? (
            <Fact name="Shipment">
              <Link href={`/shipments/${row.id}`} className="text-accent underline-offset-2 hover:underline">
                {row.name}
              </Link>
            </Fact>
          ) : null}
          <Fact name="Odoo">
            {row.connection}, transfer {row.pickingId}
          </Fact>
          <Fact name="Day">{row.day}</Fact>
        </Facts>
      </Section>
    </>
  );
}

/** The values side by side, the cause in words, and the choice to let Odoo's value stand. */
export function OneDifference({
  row,
  difference,
  onChanged,
}: {
  row: Pick<RowDetail, "id" | "day" | "known">;
  difference: FoundDifference;
  onChanged: () => void;
}) {
  const { aspect, said, cause, why, by } = difference;
  const cause_ = CAUSE_WORD[cause];
  const others = (["carrier", "warehouse"] as const).filter((system) => said[system] !== undefined);
  return (
    <Section title={ASPECT_WORD[aspect]}>
      <div className="flex flex-col gap-2">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <Badge tone="late" shape="diamond" title={cause_.help}>
            {cause_.word}
          </Badge>
          <span className="min-w-0 break-words text-ink-2">{why}</span>
        </p>
        <Diff
          label={`${ASPECT_WORD[aspect]} in Odoo and in Waypost`}
          oldTitle="In Odoo"
          newTitle="In Waypost"
          rows={[
            {
              field: ASPECT_WORD[aspect],
              old: {
                value: saidInWords(aspect, said.odoo) ?? "",
                ...(by ? { source: `changed by ${by.name}`, at: by.atMs } : {}),
              },
              new: { value: saidInWords(aspect, said.waypost) ?? "" },
            },
          ]}
        />
        {others.length > 0 ? (
          <Facts>
            {others.map((system) => (
              <Fact key={system} name={SYSTEM_WORD[system]}>
                <Said aspect={aspect} value={said[system]} />
              </Fact>
            ))}
          </Facts>
        ) : null}
        {difference.acceptable && row.known ? <Accept row={row} aspect={aspect} onChanged={onChanged} /> : null}
        {difference.odooOwns ? (
          <p className="text-ink-3 text-xs">By the ownership matrix this value is Odoo's to decide.</p>
        ) : null}
      </div>
    </Section>
  );
}

function Accept({
  row,
  aspect,
  onChanged,
}: {
  row: Pick<RowDetail, "id" | "day">;
  aspect: Aspect;
  onChanged: () => void;
}) {
  const trpc = useTRPC();
  const mayRepair = useMay("reconciliation:repair");
  const accept = useMutation(
    trpc.reconciliation.accept.mutationOptions({
      onSuccess: () => {
        toast.success("Odoo's value stands, until either value changes.");
        onChanged();
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  if (!mayRepair) return null;
  return (
    <span>
      <Button
        busy={accept.isPending}
        onClick={() => accept.mutate({ shipments: [row.id], aspect, day: row.day })}
        title="Odoo is read again first; nothing is written there"
      >
        Accept Odoo's value
      </Button>
    </span>
  );
}

function Steps({ steps }: { steps: readonly RepairStep[] }) {
  return (
    <ol className="flex list-decimal flex-col gap-1.5 pl-5">
      {steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps have an order and no other name
        <li key={index}>
          <span className="font-medium">{ACT_WORD[step.act]}</span>
          <span className="text-ink-3"> {ASPECT_WORD[step.aspect].toLowerCase()}</span>
          <div className="break-words text-ink-2">{step.text}</div>
          <StepLink step={step} />
        </li>
      ))}
    </ol>
  );
}

/** Where a person does what Waypost cannot. */
function StepLink({ step }: { step: RepairStep }) {
  if (step.href === null) return null;
  return (
    <Link href={step.href} className="text-accent underline-offset-2 hover:underline">
      {LINK_WORD[step.act] ?? "Open"}
    </Link>
  );
}

/** The repair that is under way for it, and until when it waits. */
function Repairing({ repairing }: { repairing: NonNullable<RowDetail["repairing"]> }) {
  const { id, state, until, reason } = repairing;
  return (
    <p className="border-line border-b bg-sunken px-4 py-2 text-ink-2">
      <Link href={`/runs/${id}`} className="text-accent underline-offset-2 hover:underline">
        A repair
      </Link>{" "}
      {state === "paused" ? "of it is paused" : until ? "of it waits and looks again " : "of it is under way"}
      {state !== "paused" && until ? <Time at={until} /> : null}
      {reason ? <span className="block break-words">{reason}</span> : null}
    </p>
  );
}
