import { diff } from "@/core/exceptions/diff";
import type { Finding } from "@/core/exceptions/finding";
import { EXCEPTION_SPECS, type ExceptionKind } from "@/core/exceptions/kinds";
import type { Tx } from "@/db/client";
import { notifyLive } from "@/db/queries/live";
import { type ExceptionRow, loadExceptions } from "@/db/queries/pipeline/load-judged";
import { closeExceptions, openExceptions, refreshExceptions } from "@/db/queries/pipeline/save-judged";
import { clear } from "../exceptions/raise";
import type { Filed } from "./file-facts";
import type { Interpreted } from "./interpret";
import { newException, type Touch } from "./judge";
import type { AdvanceDeps, Pass } from "./pass";

/** Kinds that reading a message raises about the message itself. */
const MESSAGE_KINDS: readonly ExceptionKind[] = ["unreadable_message", "our_fault"];
/** Problems that the fold turns into exceptions of the shipment by itself. */
const FOLDED_PROBLEMS = new Set(["unmapped_code", "implausible_time"]);

/** Opens and closes what correlation and reading found about messages and pairs of shipments. */
export async function raiseBeside(
  tx: Tx,
  filed: Filed,
  items: readonly Interpreted[],
  pass: Pass,
  deps: AdvanceDeps,
  now: Date,
): Promise<void> {
  const found: { homeId: string; shipmentId: string | null; finding: Finding; touch: Touch }[] = filed.findings.map(
    (row) => ({
      ...row,
      touch: { messageId: row.finding.messageId, receivedAtMs: now.getTime(), correlationId: row.correlationId },
    }),
  );
  for (const item of items) {
    const finding = findingOfMessage(item);
    if (finding) {
      const touch = {
        messageId: item.message.id,
        receivedAtMs: item.message.receivedAtMs,
        correlationId: item.message.correlationId,
      };
      found.push({ homeId: item.message.id, shipmentId: null, finding, touch });
    }
  }
  await clear(
    deps,
    tx,
    filed.links.map(({ shipmentId: homeId }) => ({ homeId, kind: "ambiguous_match", why: "It was linked." })),
    deps.slot,
  );
  if (found.length === 0 && !pass.replay) return;
  const homes = new Set(found.map((row) => row.homeId));
  if (pass.replay) for (const item of items) homes.add(item.message.id);
  const known = await loadExceptions(tx, [...homes]);
  const open: ReturnType<typeof newException>[] = [];
  const close: { homeId: string; id: string; noteId: string; why: string }[] = [];
  const refresh: { homeId: string; id: string; finding: Finding; evidenceHash: string }[] = [];
  for (const homeId of homes) {
    const rows = found.filter((row) => row.homeId === homeId);
    const mine: ExceptionRow[] = known.filter((row) => row.homeId === homeId);
    const changes = diff(
      mine,
      rows.map((row) => row.finding),
      [],
    );
    for (const finding of changes.open) {
      const row = rows.find((r) => r.finding === finding);
      if (row) open.push(newException(finding, homeId, row.shipmentId, row.touch, deps.uuid()));
    }
    for (const change of changes.refresh)
      refresh.push({
        homeId,
        ...change,
        evidenceHash: newException(change.finding, homeId, null, rows[0]?.touch as Touch, change.id).evidenceHash,
      });
    if (!pass.replay) continue;
    for (const row of mine) {
      if (row.state === "resolved" || !MESSAGE_KINDS.includes(row.kind)) continue;
      if (!rows.some((r) => r.finding.kind === row.kind))
        close.push({ homeId, id: row.id, noteId: deps.uuid(), why: "The message was read on replay." });
    }
  }
  await refreshExceptions(tx, refresh, now);
  await closeExceptions(tx, close, deps.slot, now);
  await openExceptions(tx, open, deps.slot, now);
  if (open.length + close.length > 0) await notifyLive(tx, "exceptions");
}

function findingOfMessage(item: Interpreted): Finding | null {
  const base = { subject: "message", feedId: item.reading.feedId, messageId: item.message.id };
  if (item.fault !== null) {
    return {
      ...base,
      kind: "our_fault",
      occurrence: item.fault.slice(0, 200),
      severity: EXCEPTION_SPECS.our_fault.severity,
      cause: { source: item.reading.slug, what: item.fault.slice(0, 120) },
      text: `Reading a message of ${item.reading.name} failed in our own code`,
      evidence: { error: item.fault },
    };
  }
  const problems = item.problems.filter((problem) => !FOLDED_PROBLEMS.has(problem.kind));
  const first = problems[0];
  if (!first) return null;
  const whole = item.facts === null || item.shipments === 0;
  return {
    ...base,
    kind: "unreadable_message",
    occurrence: problems
      .slice(0, 5)
      .map((problem) => `${problem.kind} ${problem.at}`)
      .join(", ")
      .slice(0, 300),
    severity: whole ? EXCEPTION_SPECS.unreadable_message.severity : "medium",
    cause: { source: item.reading.slug, what: `${first.kind} ${first.at.replace(/\d+/g, "#")}` },
    text: whole
      ? `${item.reading.name}: expected ${first.expected}${first.at ? ` at ${first.at}` : ""}`
      : `${item.reading.name}: ${problems.length} of ${item.facts?.records ?? problems.length} records need a look, first ${first.at || "the message"}: expected ${first.expected}`,
    evidence: {
      problems: problems.slice(0, 50).map((problem) => ({ ...problem, found: problem.found?.slice(0, 200) ?? null })),
      count: problems.length,
    },
  };
}
