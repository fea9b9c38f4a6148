"use client";
import { useQuery } from "@tanstack/react-query";
import { ExternalLink } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay, useViewer } from "@/components/shell/viewer";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Identifier } from "@/components/ui/identifier";
import { formatMoney } from "@/components/ui/money";
import { Fact, Facts, Section, SidePanel } from "@/components/ui/side-panel";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import type { FreightAct } from "@/core/freight/acts";
import { CHARGE_LABELS } from "@/core/freight/charges";
import { REMEDIES } from "@/core/freight/remedies";
import { type Objection, UNDECIDED } from "@/core/freight/states";
import { DecideDialog } from "./decide-dialog";
import type { BillDetail } from "./rows";
import { ACT_DONE, ACT_WORD, LINE_LOOK, STATE_LOOK, VERDICT_LOOK } from "./words";

/** One freight bill: what speaks against it, its charges against what was expected, its original, and what people decided. */
export function BillPanel({
  id,
  onClose,
  onWalk,
  onOpen,
  onChanged,
}: {
  id: string;
  onClose: () => void;
  onWalk?: (step: 1 | -1) => void;
  onOpen: (id: string) => void;
  onChanged: () => void;
}) {
  const trpc = useTRPC();
  const got = useQuery(trpc.freight.get.queryOptions({ id }));
  return (
    <SidePanel
      label="Freight bill"
      onClose={onClose}
      onWalk={onWalk}
      header={got.data ? <Head bill={got.data.bill} /> : got.error ? null : <SkeletonLines lines={2} />}
    >
      {got.error ? (
        <ErrorState title="This bill could not be read" error={got.error} onRetry={() => void got.refetch()} />
      ) : got.data ? (
        <Body
          key={got.data.bill.id}
          detail={got.data}
          onOpen={onOpen}
          onChanged={() => {
            void got.refetch();
            onChanged();
          }}
        />
      ) : (
        <div className="p-4">
          <SkeletonLines lines={9} />
        </div>
      )}
    </SidePanel>
  );
}

function Head({ bill }: { bill: BillDetail["bill"] }) {
  const look = STATE_LOOK[bill.state];
  return (
    <div className="flex flex-col gap-0.5">
      <div className="flex flex-wrap items-center gap-x-3">
        <Badge tone={look.tone} shape={look.shape}>
          {look.word}
        </Badge>
        {bill.verdict ? (
          <Badge tone={VERDICT_LOOK[bill.verdict].tone} shape={VERDICT_LOOK[bill.verdict].shape}>
            {VERDICT_LOOK[bill.verdict].word}
          </Badge>
        ) : null}
      </div>
      <h2 className="truncate font-semibold text-base leading-snug">
        {bill.number}
        <span className="font-normal text-ink-2">
          {" "}
          {bill.kind === "credit" ? "credit of " : "of "}
          {bill.vendor}
          {bill.billedMinor !== null && bill.currency ? `, ${formatMoney(bill.billedMinor, bill.currency)}` : ""}
        </span>
      </h2>
    </div>
  );
}

const OFFERED: Readonly<Record<string, readonly FreightAct[]>> = {
  open: ["approve", "short_pay", "dispute", "reject"],
  second: ["approve", "dispute", "reject", "reopen"],
  disputed: ["approve", "short_pay", "reject", "reopen"],
  rejected: ["reopen"],
};

function Body({
  detail,
  onOpen,
  onChanged,
}: {
  detail: BillDetail;
  onOpen: (id: string) => void;
  onChanged: () => void;
}) {
  const { bill, odooLink, needsTwo } = detail;
  const mayDecide = useMay("freight:decide");
  const viewer = useViewer();
  const [asking, setAsking] = useState<FreightAct | null>(null);
  const blocked = bill.objections.find((objection) => objection.final);
  const isFirst = bill.state === "second" && bill.firstById === viewer.id;
  const offered = (OFFERED[bill.state] ?? []).filter(
    (act) => !(act === "short_pay" && (bill.kind === "credit" || bill.billedMinor === null)),
  );
  return (
    <>
      <div className="flex flex-col gap-3 border-line border-b px-4 py-3">
        <Objections bill={bill} />
        {bill.state === "second" ? (
          <p className="text-ink-2">
            {isFirst ? "You approved it" : `${bill.firstBy ?? "Somebody"} approved it`}; from this amount on a second
            person has to.
          </p>
        ) : needsTwo && bill.state === "open" ? (
          <p className="text-ink-2">Two people have to approve this amount.</p>
        ) : null}
        {mayDecide && offered.length > 0 ? (
          <div className="flex flex-wrap gap-2">
            {offered.map((act) => {
              const why =
                act !== "approve" && act !== "short_pay"
                  ? undefined
                  : blocked
                    ? blocked.text
                    : isFirst && act === "approve"
                      ? "The second approval has to come from another person."
                      : undefined;
              return (
                <Button
                  key={act}
                  variant={act === "approve" ? "primary" : undefined}
                  disabled={why !== undefined}
                  title={why}
                  onClick={() => setAsking(act)}
                >
                  {ACT_WORD[act]}
                </Button>
              );
            })}
          </div>
        ) : null}
      </div>
      <Section
        title={bill.lineCount === 1 ? "1 charge" : `${bill.lineCount} charges`}
        aside={bill.lineCount > bill.lines.length ? `the first ${bill.lines.length}` : undefined}
      >
        <Lines bill={bill} />
      </Section>
      {bill.related.length > 0 ? (
        <Section title="Bills and credits that belong to it">
          <ul className="flex flex-col gap-1">
            {bill.related.map((one) => (
              <li key={`${one.how} ${one.id}`} className="flex items-baseline gap-2">
                <button
                  type="button"
                  className="shrink-0 text-left text-accent underline-offset-2 hover:underline"
                  onClick={() => onOpen(one.id)}
                >
                  {one.number}
                </button>
                <span className="text-ink-2">
                  {one.how === "repeats" ? "says the same movement or number" : `its ${one.kind}`},{" "}
                  {STATE_LOOK[one.state].word.toLowerCase()}
                </span>
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
      <Section title="Where it comes from, and where it went">
        <Facts>
          <Fact name="Original">
            <Link href={`/messages/${bill.messageId}`} className="text-accent underline-offset-2 hover:underline">
              the document as it came
            </Link>
            <span className="text-ink-3">
              {" "}
              {bill.document}, {bill.at}
            </span>
          </Fact>
          <Fact name="Received">
            <Time at={bill.receivedAt} show="both" />
            {bill.feed ? ` through ${bill.feed}` : ""}
          </Fact>
          {bill.invoiceDate ? <Fact name="Bill date">{bill.invoiceDate}</Fact> : null}
          {bill.references.map((one) => (
            <Fact key={`${one.kind} ${one.said} ${one.position}`} name={one.kind.replaceAll("_", " ")}>
              <Identifier value={one.said} max={40} />
              {one.position > 0 ? <span className="text-ink-3"> line {one.position}</span> : null}
            </Fact>
          ))}
          {bill.postingId ? (
            <Fact name="In Odoo">
              {odooLink ? (
                <a
                  href={odooLink}
                  target="_blank"
                  rel="noreferrer"
                  className="inline-flex items-center gap-1 text-accent underline-offset-2 hover:underline"
                >
                  the draft bill
                  <ExternalLink className="size-3" aria-hidden />
                  <span className="sr-only">(opens Odoo)</span>
                </a>
              ) : null}{" "}
              <Link href={`/postings?id=${bill.postingId}`} className="text-accent underline-offset-2 hover:underline">
                {odooLink ? `posting ${bill.postingState}` : `${bill.postingState}, see the posting`}
              </Link>
            </Fact>
          ) : null}
        </Facts>
      </Section>
      {bill.acts.length > 0 ? (
        <Section title="Decisions">
          <ol className="flex flex-col gap-2">
            {bill.acts.map((act) => (
              <li key={act.id}>
                <span>
                  {act.by ?? "Somebody"} {act.toState === "second" ? "approved first" : ACT_DONE[act.act]}
                  {act.payMinor !== null && bill.currency ? `, to pay ${formatMoney(act.payMinor, bill.currency)}` : ""}
                </span>{" "}
                <Time at={act.at} className="text-ink-3" />
                {act.reason ? <p className="break-words text-ink-2">{act.reason}</p> : null}
                {act.toState === "second" || act.toState === "approved" || act.toState === "short_paid" ? (
                  <Although texts={act.against} />
                ) : null}
              </li>
            ))}
          </ol>
        </Section>
      ) : null}
      {asking ? (
        <DecideDialog
          bill={bill}
          act={asking}
          needsTwo={needsTwo}
          onClose={() => setAsking(null)}
          onRefused={onChanged}
          onDone={() => {
            setAsking(null);
            onChanged();
          }}
        />
      ) : null}
    </>
  );
}

/** What was overridden, as the person saw it. */
function Although({ texts }: { texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <div className="text-ink-3 text-xs">
      although
      <ul className="list-disc pl-4">
        {texts.map((text) => (
          <li key={text} className="break-words">
            {text}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Objections({ bill }: { bill: BillDetail["bill"] }) {
  if (bill.verdict === null) return <p className="text-ink-2">It is being checked.</p>;
  const undecided = (UNDECIDED as readonly string[]).includes(bill.state);
  const again =
    bill.checking && undecided ? (
      <p role="status" className="text-ink-2">
        It is being checked again; what is said here may change.
      </p>
    ) : null;
  if (bill.objections.length === 0) return again ?? <p className="text-ink-2">Nothing speaks against it.</p>;
  return (
    <>
      {again}
      <ul className="flex flex-col gap-1">
        {bill.objections.map((objection) => (
          <Against key={objection.text} objection={objection} open={undecided} />
        ))}
      </ul>
    </>
  );
}

function Against({ objection, open }: { objection: Objection; open: boolean }) {
  const remedy = open ? REMEDIES[objection.check] : undefined;
  return (
    <li className="flex items-baseline gap-2">
      <Badge
        tone={objection.final ? "broken" : objection.check === "expected" ? "idle" : "high"}
        shape={objection.final ? "cross" : objection.check === "expected" ? "ring" : "triangle"}
      >
        {objection.final ? "to be mended" : objection.check === "expected" ? "to know" : "needs a reason"}
      </Badge>
      <div className="min-w-0 break-words">
        {objection.text}
        {remedy ? (
          <p className="text-ink-2">
            {remedy.text}{" "}
            {remedy.href ? (
              <Link href={remedy.href} className="text-accent underline-offset-2 hover:underline">
                {remedy.place}
              </Link>
            ) : null}
          </p>
        ) : null}
      </div>
    </li>
  );
}

function Lines({ bill }: { bill: BillDetail["bill"] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keys
    <div tabIndex={0} className="overflow-x-auto">
      <table className="w-full min-w-[420px]" aria-label="Charges">
        <thead>
          <tr className="text-left text-ink-3 text-xs">
            <th className="pb-1 font-normal">Charge</th>
            <th className="pb-1 font-normal">Shipment</th>
            <th className="pb-1 text-right font-normal">Billed</th>
            <th className="pb-1 pl-3 text-right font-normal">Expected in all</th>
            <th className="pb-1 pl-3 font-normal">Check</th>
          </tr>
        </thead>
        <tbody>
          {bill.lines.map((line) => (
            <tr key={line.position} className="border-line border-t align-top">
              <td className="py-1 pr-2">
                {line.charge ? CHARGE_LABELS[line.charge] : <span className="text-broken">unknown</span>}
                <div className="text-ink-3 text-xs">
                  {[line.code, line.description].filter(Boolean).join(", ") || `line ${line.line}`}
                </div>
              </td>
              <td className="py-1 pr-2">
                {line.shipmentId ? (
                  <Link
                    href={`/shipments/${line.shipmentId}`}
                    className="text-accent underline-offset-2 hover:underline"
                  >
                    {line.shipmentName ?? line.shipmentId.slice(-8)}
                  </Link>
                ) : (
                  <span className="text-ink-3">none</span>
                )}
              </td>
              <td className="whitespace-nowrap py-1 text-right">
                {line.amountMinor === null || !bill.currency
                  ? line.amount
                  : formatMoney(line.amountMinor, bill.currency)}
              </td>
              <td className="whitespace-nowrap py-1 pl-3 text-right text-ink-2">
                {line.expectedMinor === null || !bill.currency ? "–" : formatMoney(line.expectedMinor, bill.currency)}
              </td>
              <td className="py-1 pl-3">
                {line.verdict ? (
                  <Badge
                    tone={LINE_LOOK[line.verdict].tone}
                    shape={LINE_LOOK[line.verdict].shape}
                    title={line.rule ? `by rule “${line.rule}”` : undefined}
                  >
                    {LINE_LOOK[line.verdict].word}
                  </Badge>
                ) : null}
                {line.rule ? <div className="text-ink-3 text-xs">{line.rule}</div> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
