"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { RefObject } from "react";
import { useTRPC } from "@/components/providers";
import { useMay, useViewer } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Identifier } from "@/components/ui/identifier";
import { formatMoney } from "@/components/ui/money";
import { SeverityBadge, StateBadge } from "@/components/ui/severity";
import { Fact, Facts, Section, SidePanel } from "@/components/ui/side-panel";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Due, Time } from "@/components/ui/time";
import { EXCEPTION_SPECS } from "@/core/exceptions/kinds";
import { type Aim, useActs } from "./acts";
import { Evidence } from "./evidence";
import { Notes } from "./notes";
import { Playbook, useMissingSteps } from "./playbook";
import { rankWords } from "./rank-words";
import { Remedy } from "./remedy";
import type { ExceptionDetail } from "./rows";
import { WakesWhen } from "./wakes-when";
import { DEADLINE_WORD, IMPACT_WORD, PARTY_WORD } from "./words";

/** One exception in the right panel: what, evidence, what to do, what was done. */
export function ExceptionPanel({
  id,
  onClose,
  onWalk,
  commentBox,
}: {
  id: string;
  onClose: () => void;
  onWalk?: (step: 1 | -1) => void;
  commentBox: RefObject<HTMLTextAreaElement | null>;
}) {
  const trpc = useTRPC();
  const got = useQuery(trpc.exceptions.get.queryOptions({ id }));
  const exception = got.data;
  return (
    <SidePanel
      label="Exception"
      onClose={onClose}
      onWalk={onWalk}
      header={exception ? <Head exception={exception} /> : <SkeletonLines lines={2} />}
    >
      {got.error ? (
        <ErrorState title="This exception could not be read" error={got.error} onRetry={() => void got.refetch()} />
      ) : exception ? (
        <Body key={exception.id} exception={exception} commentBox={commentBox} />
      ) : (
        <div className="p-4">
          <SkeletonLines lines={8} />
        </div>
      )}
    </SidePanel>
  );
}

/** Aim of the acts at one exception. */
export function aimAt(exception: Pick<ExceptionDetail, "id" | "state" | "assigneeId">): Aim {
  const { id, state, assigneeId } = exception;
  return { target: { ids: [id], seen: { [id]: { state, assigneeId } } }, count: 1, assigneeId };
}

function Head({ exception }: { exception: ExceptionDetail }) {
  return (
    <div className="flex flex-col gap-1">
      <div className="flex flex-wrap items-center gap-x-3">
        <SeverityBadge severity={exception.severity} />
        <StateBadge state={exception.state} />
        {exception.state === "resolved" ? null : exception.state === "snoozed" ? (
          <span className="text-xs">
            <span className="text-snoozed">wakes</span> <WakesWhen exception={exception} />
          </span>
        ) : exception.state === "suppressed" ? (
          <span className="text-ink-2 text-xs">
            until <Time at={exception.suppressedUntil} />
          </span>
        ) : (
          <Due at={exception.dueAt} className="text-xs" />
        )}
        <span className="text-ink-2 text-xs">{exception.assigneeName ?? exception.teamName ?? "Nobody has it"}</span>
      </div>
      <h2 className="font-semibold text-base leading-snug">{EXCEPTION_SPECS[exception.kind].label}</h2>
    </div>
  );
}

function Body({
  exception,
  commentBox,
}: {
  exception: ExceptionDetail;
  commentBox: RefObject<HTMLTextAreaElement | null>;
}) {
  const spec = EXCEPTION_SPECS[exception.kind];
  return (
    <>
      <div className="flex flex-col gap-3 border-line border-b px-4 py-3">
        <p className="break-words text-sm">
          {exception.text}
          {exception.shipmentId ? (
            <>
              {" · "}
              <Link
                href={`/shipments/${exception.shipmentId}`}
                className="font-mono text-[12px] text-accent underline-offset-2 hover:underline"
              >
                {exception.shipmentName ?? exception.shipmentId.slice(-8)}
              </Link>
            </>
          ) : null}
        </p>
        {exception.state === "resolved" ? null : <p className="text-ink-2 text-xs">{rankWords(exception)}</p>}
        {exception.state === "suppressed" && exception.suppressedBecause ? (
          <p className="text-ink-2">Held back by a quiet window: {exception.suppressedBecause}</p>
        ) : null}
        {exception.regressed && exception.settledAt ? (
          <p className="text-late">
            Regressed: {exception.settledByName ? `${exception.settledByName} had resolved` : "mending had closed"} the
            cause <Time at={exception.settledAt} />.
          </p>
        ) : null}
        <Acts exception={exception} />
        {exception.state === "resolved" ? (
          <p className="text-ink-2">
            Resolved by {exception.resolvedByName ?? "Waypost"} <Time at={exception.resolvedAt} />
            {exception.resolution ? `: ${exception.resolution}` : ""}
          </p>
        ) : null}
      </div>
      <Remedy exception={exception} />
      <Section title="Evidence">
        <Evidence exception={exception} />
      </Section>
      <Section title="What to do" aside={`Touches ${spec.impacts.map((i) => IMPACT_WORD[i].toLowerCase()).join(", ")}`}>
        <Playbook exception={exception} />
      </Section>
      <Section title="Comments and history">
        <Notes exception={exception} box={commentBox} />
      </Section>
      <Section title="Details">
        <Facts>
          <Fact name="Opened">
            <Time at={exception.openedAt} show="both" />
          </Fact>
          <Fact name="Due">
            <Time at={exception.dueAt} show="both" />
          </Fact>
          {exception.acknowledgedAt ? (
            <Fact name="Acknowledged">
              {exception.acknowledgedByName ?? "Waypost"}, <Time at={exception.acknowledgedAt} />
            </Fact>
          ) : null}
          {exception.stakeMinor !== null && exception.currency ? (
            <Fact name="Value of the order">
              {formatMoney(exception.stakeMinor, exception.currency)}
              {exception.riskMinor ? `, ${formatMoney(exception.riskMinor, exception.currency)} at risk` : ""}
            </Fact>
          ) : null}
          {exception.deadlineAt && exception.deadlineKind ? (
            <Fact name={DEADLINE_WORD[exception.deadlineKind]}>
              <Time at={exception.deadlineAt} show="both" />
            </Fact>
          ) : null}
          <Fact name="Responsible">
            {PARTY_WORD[exception.party]}
            {spec.actionRequired ? " · needs somebody to act" : " · may clear by itself"}
          </Fact>
          <Fact name="Same cause">
            <Link
              href={`/exceptions?view=list&group=${exception.groupId}`}
              className="text-accent underline-offset-2 hover:underline"
            >
              All with this cause
            </Link>
          </Fact>
          {exception.feedSlug ? (
            <Fact name="Feed">
              <Link href={`/feeds/${exception.feedSlug}`} className="text-accent underline-offset-2 hover:underline">
                {exception.feedName}
              </Link>
            </Fact>
          ) : null}
          <Fact name="About">
            <Identifier value={exception.subject} max={40} />
          </Fact>
          <Fact name="Id">
            <Identifier value={exception.id} max={40} />
          </Fact>
          {exception.correlationId ? (
            <Fact name="Correlation">
              <Identifier value={exception.correlationId} max={40} />
            </Fact>
          ) : null}
        </Facts>
      </Section>
    </>
  );
}

function Acts({ exception }: { exception: ExceptionDetail }) {
  const acts = useActs();
  const viewer = useViewer();
  const mayAcknowledge = useMay("exceptions:acknowledge");
  const mayAssign = useMay("exceptions:assign");
  const maySnooze = useMay("exceptions:snooze");
  const mayResolve = useMay("exceptions:resolve");
  const aim = aimAt(exception);
  const missing = useMissingSteps(exception);
  const { state } = exception;
  if (state === "suppressed")
    return mayResolve ? (
      <div>
        <Button disabled={acts.busy} onClick={() => acts.reopen(aim)}>
          Bring it back now
        </Button>
      </div>
    ) : null;
  if (state === "resolved")
    return mayResolve ? (
      <div>
        <Button disabled={acts.busy} onClick={() => acts.reopen(aim)}>
          Open again
        </Button>
      </div>
    ) : null;
  return (
    <div className="flex flex-wrap gap-2">
      {mayAcknowledge && state !== "acknowledged" ? (
        <Button variant="primary" disabled={acts.busy} onClick={() => acts.acknowledge(aim)}>
          Acknowledge
        </Button>
      ) : null}
      {mayAssign && exception.assigneeId !== viewer.id ? (
        <Button disabled={acts.busy} onClick={() => acts.take(aim)}>
          Take it
        </Button>
      ) : null}
      {mayAssign ? (
        <Button disabled={acts.busy} onClick={() => acts.assign(aim)}>
          Assign
        </Button>
      ) : null}
      {maySnooze ? (
        <Button disabled={acts.busy} onClick={() => acts.snooze(aim)}>
          Snooze
        </Button>
      ) : null}
      {mayResolve ? (
        <Button disabled={acts.busy || missing !== null} title={missing ?? undefined} onClick={() => acts.resolve(aim)}>
          Resolve
        </Button>
      ) : null}
      {mayResolve && missing !== null ? <p className="basis-full text-ink-2 text-xs">{missing}</p> : null}
    </div>
  );
}
