"use client";
import type { inferRouterOutputs } from "@trpc/server";
import { ACT_WORD } from "@/components/reconciliation/words";
import type { Column } from "@/components/tables/data-table";
import { Badge } from "@/components/ui/badge";
import { Identifier } from "@/components/ui/identifier";
import { Time } from "@/components/ui/time";
import type { RepairAct } from "@/core/reconciliation/repair";
import type { RunResult } from "@/core/runs/run";
import type { AppRouter } from "@/server/api/root";
import type { Run } from "./run-progress";
import { shadowTarget, sideOf } from "./shadow-item";
import { RESULT_LOOK } from "./words";

export type Item = inferRouterOutputs<AppRouter>["runs"]["items"]["items"][number];

/** A comparison changes nothing: its results are whether the systems agree. */
export function wordOf(run: Run, result: RunResult): string {
  if (run.kind === "reconcile" && result === "changed") return "Differs";
  if (run.kind === "reconcile" && result === "unchanged") return "Agrees";
  return run.dryRun ? RESULT_LOOK[result].would : RESULT_LOOK[result].word;
}

/** Whether a repair has converged, of an item that read it back. */
function provedWord(run: Run, item: Item): string | null {
  if (run.kind !== "repair" || !item.target.startsWith("proof ")) return null;
  return item.result === "changed" ? "Converged" : item.result === "failed" ? "Not converged" : null;
}

export function ResultBadge({ item, run }: { item: Item; run: Run }) {
  if (item.result === null)
    return (
      <Badge tone="idle" shape="clock">
        Not yet
      </Badge>
    );
  const look = RESULT_LOOK[item.result];
  return (
    <Badge tone={look.tone} shape={look.shape}>
      {provedWord(run, item) ?? wordOf(run, item.result)}
    </Badge>
  );
}

const isOnExceptions = (run: Run) => run.kind === "triage" || run.kind === "undo";

/** What an item is about: a message by its receipt, or a posting by shipment and key. */
export function targetOf(run: Run, item: Item): { words: string; href: string } {
  if (run.kind === "replay") return { words: item.target, href: `/messages/${item.target}` };
  if (isOnExceptions(run) && !item.target.includes(" "))
    return { words: item.target, href: `/exceptions?view=list&id=${item.target}` };
  if (run.kind === "shadow") {
    const [first = ""] = item.target.split(" ");
    const shipment = sideOf(item.after)?.shipments[0];
    return {
      words: shadowTarget(item.target, item.after),
      href: shipment ? `/shipments/${shipment.id}` : `/messages/${first}`,
    };
  }
  if (run.kind === "reconcile" && item.target.startsWith("unknown "))
    return { words: "Transfers that only Odoo has", href: "/reconciliation" };
  if (run.kind === "repair" || (run.kind === "undo" && item.target.includes(" "))) {
    const id = item.target.slice(-36);
    const act = item.target.slice(0, -37);
    const words = act === "" ? id : `${act === "proof" ? "Read back" : (ACT_WORD[act as RepairAct] ?? act)}: ${id}`;
    return { words, href: `/shipments/${id}` };
  }
  const [shipmentId = "", key = ""] = item.target.split(" ");
  return { words: key || shipmentId, href: `/shipments/${shipmentId}` };
}

const TARGET_WORD: Readonly<Record<Run["kind"], string>> = {
  replay: "Message",
  repost: "Posting",
  review: "Shipment",
  triage: "Exception",
  undo: "Exception",
  shadow: "Shipments",
  reconcile: "Shipment",
  repair: "Shipment",
  count: "Change",
};

export function columnsOf(run: Run): Column<Item>[] {
  return [
    {
      id: "result",
      label: "Result",
      width: 150,
      narrowWidth: 130,
      fixed: true,
      cell: (item) => <ResultBadge item={item} run={run} />,
    },
    {
      id: "target",
      label: TARGET_WORD[run.kind],
      width: 300,
      narrowWidth: 180,
      fixed: true,
      cell: (item) =>
        run.kind === "shadow" ? targetOf(run, item).words : <Identifier value={targetOf(run, item).words} max={38} />,
    },
    {
      id: "reason",
      label: "Why",
      width: 280,
      grow: true,
      wide: true,
      cell: (item) => (
        <span title={item.reason ?? undefined}>{item.reason ?? <span className="text-ink-3">–</span>}</span>
      ),
    },
    { id: "at", label: "When", width: 100, wide: true, cell: (item) => <Time at={item.at} className="text-ink-2" /> },
  ];
}
