"use client";
import Link from "next/link";
import { POSTING_KIND_WORD } from "@/components/postings/words";
import { formatCount } from "@/components/ui/number";
import { Fact, Facts } from "@/components/ui/side-panel";
import type { PostingKind } from "@/core/postings/kinds";
import { type RunTally, tallyIn } from "@/core/runs/tally";
import type { Run } from "./run-progress";

const REASONS_SHOWN = 5;

/** What a run came to, or in a dry run would come to: messages, events, postings by kind, and what is invalid with its reasons. */
export function RunPreview({ run }: { run: Run }) {
  const tally = tallyIn(run.summary);
  if (tally === null || run.processed === 0) return null;
  const reads = run.kind === "replay" || run.kind === "shadow";
  return (
    <Facts>
      {reads ? <Fact name="Messages">{messagesIn(run, tally)}</Fact> : null}
      {reads ? <Fact name="Events">{eventsIn(run, tally)}</Fact> : null}
      <Fact name="Postings">
        <Postings run={run} tally={tally} />
      </Fact>
      <Fact name={run.dryRun ? "Invalid or left out" : "Failed or left out"}>
        <Reasons run={run} tally={tally} />
      </Fact>
    </Facts>
  );
}

const listed = (parts: readonly [number, string][]): string =>
  parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${formatCount(count)} ${word}`)
    .join(", ");

function messagesIn(run: Run, { messages }: RunTally): string {
  const applied = run.kind === "replay" ? run.processed - run.changed - run.failed : 0;
  return (
    listed([
      [messages.read, run.dryRun ? "would be interpreted" : "interpreted"],
      [messages.ignored, "about no shipment"],
      [Math.max(0, applied), "change nothing: applied already"],
    ]) || "None can be read"
  );
}

function eventsIn(run: Run, { events }: RunTally): string {
  return (
    listed([
      [events.new, "new"],
      [events.changed, run.dryRun ? "would mean something else" : "mean something else"],
      [events.withdrawn, run.dryRun ? "would be taken back" : "taken back"],
      [events.known, "already applied"],
    ]) || "None"
  );
}

function Postings({ run, tally }: { run: Run; tally: RunTally }) {
  if (run.kind === "replay" && run.state !== "done") return "Counted once a run is through";
  const rows = Object.entries(tally.postings).filter(([, one]) => one.planned + one.applied > 0);
  if (rows.length === 0) return run.dryRun ? "None would be planned" : "None planned";
  const would = run.kind === "repost" ? "would be sent" : "would be planned";
  const did = run.kind === "repost" ? "handed to the sender" : "planned";
  return (
    <ul>
      {rows.map(([kind, one]) => (
        <li key={kind}>
          {POSTING_KIND_WORD[kind as PostingKind]}:{" "}
          {listed([
            [one.planned - one.held, run.dryRun ? would : did],
            [one.held, run.dryRun ? "would wait" : "waiting"],
            [one.applied, "already applied in Odoo"],
          ])}
        </li>
      ))}
    </ul>
  );
}

function Reasons({ run, tally }: { run: Run; tally: RunTally }) {
  const reasons = Object.entries(tally.reasons).sort(([, a], [, b]) => b - a);
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return "None";
  return (
    <>
      {formatCount(total)}{" "}
      <Link href={`/runs/${run.id}?result=failed,skipped`} className="text-accent underline-offset-2 hover:underline">
        See them
      </Link>
      <ul className="text-ink-2">
        {reasons.slice(0, REASONS_SHOWN).map(([reason, count]) => (
          <li key={reason} className="break-words">
            {formatCount(count)}: {reason}
          </li>
        ))}
        {reasons.length > REASONS_SHOWN ? <li>and {reasons.length - REASONS_SHOWN} other reasons</li> : null}
      </ul>
    </>
  );
}
