"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useMemo } from "react";
import { useTRPC } from "@/components/providers";
import { ErrorState } from "@/components/ui/error-state";
import { Section, SidePanel } from "@/components/ui/side-panel";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { currentEvents } from "@/core/shipments/current";
import { SummaryBadge } from "./columns";
import type { ShipmentDetail } from "./rows";
import { Exceptions, Packages, Postings, References } from "./sections";
import { ShipmentFacts } from "./shipment-facts";
import { StageBar } from "./stage-bar";
import { sightingMarks } from "./timeline";
import { sentence } from "./words";

const NEWEST = 8;

/** A shipment in the right panel: where it stands, what is wrong, its newest events. */
export function ShipmentPanel({
  id,
  onClose,
  onWalk,
}: {
  id: string;
  onClose: () => void;
  onWalk?: (step: 1 | -1) => void;
}) {
  const trpc = useTRPC();
  const got = useQuery(trpc.shipments.get.queryOptions({ id }));
  return (
    <SidePanel
      label="Shipment"
      onClose={onClose}
      onWalk={onWalk}
      pageHref={`/shipments/${id}`}
      header={got.data ? <Head shipment={got.data} /> : got.error ? null : <SkeletonLines lines={2} />}
    >
      {got.error ? (
        <ErrorState title="This shipment could not be read" error={got.error} onRetry={() => void got.refetch()} />
      ) : got.data ? (
        <Body shipment={got.data} />
      ) : (
        <div className="p-4">
          <SkeletonLines lines={10} />
        </div>
      )}
    </SidePanel>
  );
}

function Head({ shipment: { head } }: { shipment: ShipmentDetail }) {
  return (
    <div className="flex flex-col gap-0.5">
      <div className="flex flex-wrap items-center gap-x-3">
        <SummaryBadge summary={head.summary} />
        {head.provisional ? <span className="text-ink-3 text-xs">provisional</span> : null}
        <span className="text-ink-3 text-xs">
          changed <Time at={head.updatedAt} />
        </span>
      </div>
      <h2 className="truncate font-semibold text-base leading-snug">
        <Link href={`/shipments/${head.id}`} className="underline-offset-2 hover:underline">
          {head.name}
        </Link>
      </h2>
    </div>
  );
}

function Body({ shipment }: { shipment: ShipmentDetail }) {
  const { head, feeds, exceptions } = shipment;
  const marks = useMemo(
    () => sightingMarks(currentEvents(shipment.events), head.state, new Set(shipment.recovered)),
    [shipment.events, head.state, shipment.recovered],
  );
  return (
    <>
      <div className="border-line border-b px-4 py-3">
        <StageBar state={head.state} current={head.stage} feeds={feeds} dense />
      </div>
      {exceptions && exceptions.length > 0 ? (
        <Section title="Exceptions">
          <Exceptions exceptions={exceptions} />
        </Section>
      ) : null}
      <Section title="Facts">
        <ShipmentFacts shipment={shipment} />
      </Section>
      <Section
        title="Newest events"
        aside={
          <Link href={`/shipments/${head.id}`} className="text-accent underline-offset-2 hover:underline">
            Timeline of all {marks.length}
          </Link>
        }
      >
        {marks.length === 0 ? <p className="text-ink-3">No event was told yet.</p> : null}
        <ol className="flex flex-col">
          {marks.slice(0, NEWEST).map((mark) => (
            <li
              key={mark.key}
              className="flex items-baseline justify-between gap-2 border-line border-b py-1 last:border-b-0"
            >
              <span className="min-w-0 truncate">
                <span className={mark.advisory || mark.retracted ? "text-ink-3" : "font-medium"}>
                  {sentence(mark.event.kind)}
                </span>
                <span className="text-ink-3">
                  {" "}
                  {[mark.event.location, feeds.find((feed) => feed.id === mark.feedId)?.name]
                    .filter(Boolean)
                    .join(" · ")}
                </span>
              </span>
              {mark.atMs === null ? null : (
                <Time at={mark.atMs} offsetMinutes={mark.event.time?.offsetMinutes} className="text-ink-3 text-xs" />
              )}
            </li>
          ))}
        </ol>
      </Section>
      <Section title="Packages">
        <Packages state={head.state} />
      </Section>
      <Section title="Numbers">
        <References references={shipment.references} feeds={feeds} />
      </Section>
      {shipment.postings ? (
        <Section title="Postings to Odoo">
          <Postings postings={shipment.postings} />
        </Section>
      ) : null}
    </>
  );
}
