"use client";
import Link from "next/link";
import { Diff } from "@/components/diff/diff";
import { diffRowsOf } from "@/components/diff/diff-rows";
import { ExplainedDetails } from "@/components/postings/explained";
import { repairRows } from "@/components/reconciliation/repair-rows";
import { changesIn, ShownSteps, shownStepsIn } from "@/components/reconciliation/shown-steps";
import { Identifier } from "@/components/ui/identifier";
import { Section, SidePanel } from "@/components/ui/side-panel";
import { type ShipmentChange, shipmentChanges } from "./item-diff";
import { type Item, ResultBadge, targetOf } from "./run-items";
import type { Run } from "./run-progress";
import { ShadowItem } from "./shadow-item";

/** One item of a run: its result, why, and what changed or would change. */
export function ItemPanel({
  run,
  item,
  onClose,
  onWalk,
}: {
  run: Run;
  item: Item;
  onClose: () => void;
  onWalk: (step: 1 | -1) => void;
}) {
  const target = targetOf(run, item);
  const isRepair = run.kind === "repair";
  const steps = isRepair ? shownStepsIn(item.after) : [];
  const shipments = shipmentChanges(
    isRepair ? changesIn(item.before) : item.before,
    isRepair ? changesIn(item.after) : item.after,
  );
  const rowsOf = isRepair ? repairRows : diffRowsOf;
  const rows = shipments === null || isRepair ? rowsOf(item.before, item.after) : [];
  return (
    <SidePanel
      label="Item"
      onClose={onClose}
      onWalk={onWalk}
      header={
        <div className="flex flex-col gap-0.5">
          <ResultBadge item={item} run={run} />
          {run.kind === "shadow" ? (
            <span className="font-medium">{target.words}</span>
          ) : (
            <Identifier value={target.words} max={44} />
          )}
        </div>
      }
    >
      {steps.length > 0 ? (
        <Section title="The plan, in this order">
          <ShownSteps steps={steps} />
        </Section>
      ) : item.reason ? (
        <Section title="Why">
          <p className="break-words">{item.reason}</p>
        </Section>
      ) : null}
      <Section
        title={
          run.kind === "reconcile"
            ? "In Odoo, and here"
            : run.dryRun
              ? "What would change"
              : item.result === "conflict"
                ? "What it would have changed"
                : "What changed"
        }
      >
        {run.kind === "shadow" && item.result !== null ? (
          <ShadowItem before={item.before} after={item.after} dryRun={run.dryRun} />
        ) : (shipments !== null && shipments.length > 0) || rows.length > 0 ? (
          <>
            {shipments?.map((one) => (
              <ShipmentChanges key={one.shipmentId} change={one} dryRun={run.dryRun} />
            ))}
            {rows.length > 0 ? <Diff rows={rows} label="Before and after" /> : null}
          </>
        ) : (
          <p className="text-ink-3">{item.result === null ? "It has not been worked yet." : "Nothing."}</p>
        )}
      </Section>
      <Section title="Where">
        <Link href={target.href} className="text-accent underline-offset-2 hover:underline">
          Open the{" "}
          {target.href.startsWith("/messages")
            ? "message"
            : target.href.startsWith("/exceptions")
              ? "exception"
              : "shipment"}
        </Link>
      </Section>
    </SidePanel>
  );
}

function ShipmentChanges({ change, dryRun }: { change: ShipmentChange; dryRun: boolean }) {
  return (
    <div className="mb-3 flex flex-col gap-2 last:mb-0">
      <Link href={`/shipments/${change.shipmentId}`} className="font-medium underline-offset-2 hover:underline">
        {change.shipment}
      </Link>
      <Diff
        label={`Before and after of ${change.shipment}`}
        rows={change.rows.map((row) => ({ field: row.field, old: { value: row.old }, new: { value: row.new } }))}
      />
      {change.opens.length > 0 ? (
        <p className="break-words">
          {dryRun ? "Would open" : "Opened"}{" "}
          {change.opens.length === 1 ? "an exception" : `${change.opens.length} exceptions`}: {change.opens.join("; ")}
        </p>
      ) : null}
      {change.closes > 0 ? (
        <p>
          {dryRun ? "Would close" : "Closed"} {change.closes} {change.closes === 1 ? "exception" : "exceptions"}
        </p>
      ) : null}
      {change.postings.map((posting, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: postings of one item have no other name
        <div key={i} className="flex flex-col gap-1">
          <p>
            {dryRun ? "Would plan for Odoo" : "Planned for Odoo"}: {posting.kind}
            {posting.held ? <span className="text-ink-3">, waiting: {posting.held}</span> : null}
          </p>
          <Diff rows={diffRowsOf(posting.before, posting.after)} oldTitle="In Odoo before" newTitle="To be posted" />
          {posting.explained ? <ExplainedDetails explained={posting.explained} /> : null}
        </div>
      ))}
    </div>
  );
}
