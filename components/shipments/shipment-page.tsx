"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { parseAsString, useQueryState } from "nuqs";
import { type ReactNode, useMemo, useState } from "react";
import { EventLegs } from "@/components/legs/event-legs";
import { ShipmentNotices } from "@/components/notices/shipment-notices";
import { ProofDialog } from "@/components/proof/proof-dialog";
import { questionOf, quoted, whyOf } from "@/components/proof/why";
import { useTRPC } from "@/components/providers";
import { ReplayDialog } from "@/components/runs/replay-dialog";
import { useLive } from "@/components/shell/live";
import { useMay } from "@/components/shell/viewer";
import { ShipmentTrace } from "@/components/trace/message-trace";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { SidePanel } from "@/components/ui/side-panel";
import { SkeletonLines } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toaster";
import { currentEvents } from "@/core/shipments/current";
import { SummaryBadge } from "./columns";
import { EventDetail } from "./event-detail";
import { EventList } from "./event-list";
import { LinkDialog } from "./link-dialog";
import { OwnershipTable } from "./ownership-table";
import { Proofs } from "./proofs";
import type { ShipmentDetail } from "./rows";
import { Acts, Exceptions, Messages, Packages, Postings, References } from "./sections";
import { ShipmentFacts } from "./shipment-facts";
import { StageBar } from "./stage-bar";
import { sightingMarks } from "./timeline";
import { TimelineKey, TimelineView } from "./timeline-view";
import { ENDING_WORD, sentence } from "./words";

export function ShipmentPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const got = useQuery(trpc.shipments.get.queryOptions({ id }));
  useLive(
    ["shipments", "postings", "exceptions"],
    () => {
      void queries.invalidateQueries(trpc.shipments.get.queryFilter({ id }));
      void queries.invalidateQueries(trpc.shipments.legs.queryFilter());
      void queries.invalidateQueries(trpc.shipments.trace.queryFilter());
    },
    2_000,
    id,
  );
  if (got.error)
    return (
      <ErrorState title="This shipment could not be read" error={got.error} onRetry={() => void got.refetch()}>
        <Link href="/shipments" className="text-accent underline-offset-2 hover:underline">
          All shipments
        </Link>
      </ErrorState>
    );
  if (!got.data)
    return (
      <div className="p-4">
        <SkeletonLines lines={14} />
      </div>
    );
  return <Loaded shipment={got.data} />;
}

function Loaded({ shipment }: { shipment: ShipmentDetail }) {
  const router = useRouter();
  const { head, feeds } = shipment;
  const [selected, select] = useQueryState("event", parseAsString);
  const [why, ask] = useQueryState("why", parseAsString);
  const asked = whyOf(head.id, why);
  const current = useMemo(() => currentEvents(shipment.events), [shipment.events]);
  const marks = useMemo(
    () => sightingMarks(current, head.state, new Set(shipment.recovered)),
    [current, head.state, shipment.recovered],
  );
  const mark = marks.find((one) => one.key === selected);
  const walk = (step: 1 | -1) => {
    const next = marks[marks.findIndex((one) => one.key === selected) + step];
    if (next) void select(next.key, { history: "replace" });
  };
  const packages = "packages" in head.state ? head.state.packages.length : 0;
  return (
    <div className="flex min-h-0 flex-1">
      <div className="@container min-w-0 flex-1 overflow-y-auto bg-surface">
        <Header shipment={shipment} onWhy={(milestone) => void ask(milestone)} />
        <div className="border-line border-y px-4 py-3">
          <StageBar state={head.state} current={head.stage} feeds={feeds} />
        </div>
        <div className="grid @5xl:grid-cols-[minmax(0,1fr)_380px]">
          <div className="min-w-0">
            <Part title="Timeline" note={<TimelineKey />}>
              <TimelineView
                marks={marks}
                postings={shipment.postings ?? []}
                feeds={feeds}
                selected={selected}
                onSelect={(one) => void select(one.key)}
                onPosting={(posting) => router.push(`/postings?id=${posting.id}`)}
              />
            </Part>
            <Part
              title={`${marks.length} ${marks.length === 1 ? "event" : "events"}`}
              note={
                shipment.cut
                  ? `the newest ${shipment.events.length} of more readings`
                  : "a scan told by several feeds is one line"
              }
            >
              {marks.length === 0 ? (
                <p className="text-ink-3">No event was told yet; the first one appears here by itself.</p>
              ) : (
                <EventList
                  marks={marks}
                  feeds={feeds}
                  selected={selected}
                  onSelect={(one) => void select(one.key)}
                  packages={packages}
                />
              )}
            </Part>
            <Part title="Where the time went" note="who had each event, until Odoo held it">
              <EventLegs shipmentId={head.id} />
            </Part>
            <Part title="Way of each message" note="five stages, when and how long">
              <ShipmentTrace shipmentId={head.id} />
            </Part>
            <Part title="Fields and who decides them" note={<OwnershipKey />}>
              <OwnershipTable
                claims={shipment.claims}
                state={head.state}
                feeds={feeds}
                onWhy={(attribute) => void ask(`field.${attribute}`)}
              />
            </Part>
          </div>
          <div className="min-w-0 border-line @5xl:border-l">
            {shipment.exceptions ? (
              <Part title="Exceptions">
                <Exceptions exceptions={shipment.exceptions} />
              </Part>
            ) : null}
            <Part title="Facts">
              <ShipmentFacts shipment={shipment} />
            </Part>
            <Part title="Proof of delivery">
              <Proofs shipmentId={head.id} state={head.state} events={current} />
            </Part>
            <Part title={packages > 1 ? `${packages} packages` : "Packages"}>
              <Packages state={head.state} />
            </Part>
            <Part title="Numbers that name it">
              <References references={shipment.references} feeds={feeds} />
            </Part>
            {shipment.postings ? (
              <Part title="Postings to Odoo">
                <Postings postings={shipment.postings} />
              </Part>
            ) : null}
            <Part title="What its customer was told">
              <ShipmentNotices notices={shipment.notices} />
            </Part>
            {shipment.messages ? (
              <Part title="Messages">
                <Messages messages={shipment.messages} feeds={feeds} />
              </Part>
            ) : null}
            {shipment.members.length > 0 ? (
              <Part title="Linked shipments">
                <Members shipment={shipment} />
              </Part>
            ) : null}
            {shipment.exceptions ? (
              <Part title="What people did">
                <Acts acts={shipment.acts} />
              </Part>
            ) : null}
          </div>
        </div>
      </div>
      {mark ? (
        <SidePanel
          label="Event"
          onClose={() => void select(null, { history: "replace" })}
          onWalk={marks.length > 1 ? walk : undefined}
          header={
            <h2 className="truncate py-1 font-semibold text-base">
              {sentence(mark.event.kind)}
              {mark.event.location ? <span className="font-normal text-ink-3"> {mark.event.location}</span> : null}
            </h2>
          }
        >
          <EventDetail mark={mark} events={current} feeds={feeds} />
        </SidePanel>
      ) : null}
      {asked ? (
        <ProofDialog subject={asked} title={questionOf(asked)} onClose={() => void ask(null, { history: "replace" })} />
      ) : null}
    </div>
  );
}

function Header({ shipment, onWhy }: { shipment: ShipmentDetail; onWhy: (milestone: string) => void }) {
  const { head } = shipment;
  const mayLink = useMay("shipments:link");
  const mayReplay = useMay("messages:replay");
  const [linking, setLinking] = useState(false);
  return (
    <header className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 pt-3 pb-3">
      <div className="min-w-0">
        <Link href="/shipments" className="inline-flex items-center gap-1 text-ink-3 text-xs hover:text-ink">
          <ArrowLeft className="size-3" aria-hidden />
          Shipments
        </Link>
        <h1 className="break-all font-semibold text-xl tracking-tight">{head.name}</h1>
      </div>
      <span className="flex flex-wrap items-center gap-2 self-end pb-1">
        <SummaryBadge summary={head.summary} filled />
        {head.milestone ? (
          <Button variant="link" onClick={() => onWhy(head.milestone as string)}>
            Why is this {quoted(head.milestone)}?
          </Button>
        ) : null}
        {head.terminal ? (
          <span className="text-ink-3">
            ended: {ENDING_WORD[head.terminal as keyof typeof ENDING_WORD]?.toLowerCase()}
          </span>
        ) : null}
        {head.provisional ? (
          <Badge tone="late" shape="half" title="Its facts match no order or picking yet">
            Provisional
          </Badge>
        ) : null}
      </span>
      <span className="ml-auto flex flex-wrap gap-2 self-end">
        {mayLink ? <Button onClick={() => setLinking(true)}>Link to another</Button> : null}
        {mayReplay && shipment.messages && shipment.messages.length > 0 ? <ReplayButton shipment={shipment} /> : null}
      </span>
      {linking ? <LinkDialog shipment={shipment} onClose={() => setLinking(false)} /> : null}
    </header>
  );
}

/** Reads the shipment's messages again, on a copy; the page of that run offers the real one. */
function ReplayButton({ shipment }: { shipment: ShipmentDetail }) {
  const [asked, setAsked] = useState(false);
  const receipts = (shipment.messages ?? []).map((message) => message.id);
  const what = receipts.length === 1 ? "1 message" : `${receipts.length} messages`;
  return (
    <>
      <Button title="Shows what reading them again would change; changes nothing yet" onClick={() => setAsked(true)}>
        Try a replay of {what}
      </Button>
      {asked ? <ReplayDialog copy scope={{ receipts }} what={what} onClose={() => setAsked(false)} /> : null}
    </>
  );
}

function Members({ shipment }: { shipment: ShipmentDetail }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const mayLink = useMay("shipments:link");
  const unlink = useMutation(
    trpc.shipments.unlink.mutationOptions({
      onSuccess: () => {
        toast.success("Unlinked; both are folded again");
        void queries.invalidateQueries(trpc.shipments.get.queryFilter());
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  return (
    <ul className="flex flex-col gap-1">
      {shipment.members.map((member) => (
        <li key={member.id} className="flex items-center justify-between gap-2">
          <span>{member.name}</span>
          {mayLink ? (
            <Button
              size="sm"
              busy={unlink.isPending}
              onClick={() => unlink.mutate({ shipmentId: member.id, why: "Unlinked from the shipment page" })}
            >
              Unlink
            </Button>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function OwnershipKey() {
  return <span className="text-ink-3 text-xs">■ decides · ✓ agrees · ○ said something else, kept as advice</span>;
}

function Part({ title, note, children }: { title: ReactNode; note?: ReactNode; children: ReactNode }) {
  return (
    <section className="border-line border-b px-4 py-3">
      <div className="mb-2 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h2 className="font-semibold text-base">{title}</h2>
        {note ? <div className="text-ink-3 text-xs">{note}</div> : null}
      </div>
      {children}
    </section>
  );
}
