"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { useState } from "react";
import { Diff } from "@/components/diff/diff";
import { ExplainedDetails } from "@/components/postings/explained";
import { useTRPC } from "@/components/providers";
import { shipmentChanges } from "@/components/runs/item-diff";
import { RunProgress } from "@/components/runs/run-progress";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { Field, Input, Textarea } from "@/components/ui/input";
import { SkeletonLines } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toaster";
import type { Problem } from "@/core/outcome";
import type { AppRouter } from "@/server/api/root";
import { changedLines, replaceAt } from "./line-diff";
import { placeOf } from "./locate";
import { PROBLEM_WORD } from "./words";

type Preview = inferRouterOutputs<AppRouter>["messages"]["previewRevision"];

/**
 * Corrects a message: one field at the place of its problem, or the text. What would be read of it is shown first; saving keeps the bytes that
 * came and reads the message again.
 */
export function RevisePanel({
  id,
  problems,
  onDone,
}: {
  id: string;
  problems: readonly Problem[];
  onDone?: () => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const mayReplay = useMay("messages:replay");
  const open = useQuery({ ...trpc.messages.revisable.queryOptions({ id }), retry: false, staleTime: 0 });
  const [draft, setDraft] = useState<string | null>(null);
  const [why, setWhy] = useState("");
  const [shown, setShown] = useState<{ text: string | null; preview: Preview } | null>(null);
  const [runId, setRunId] = useState<string | null>(null);
  const preview = useMutation(
    trpc.messages.previewRevision.mutationOptions({ onError: (e) => toast.error(e.message) }),
  );
  const revise = useMutation(trpc.messages.revise.mutationOptions());
  const replay = useMutation(trpc.messages.replay.mutationOptions());
  if (runId)
    return (
      <div className="flex flex-col gap-2">
        <p>The correction is kept beside the bytes that came, and read instead of them.</p>
        <RunProgress id={runId} />
      </div>
    );
  if (open.error) return <p className="text-ink-2">{open.error.message}</p>;
  if (!open.data) return <SkeletonLines lines={5} />;
  const { text, original, number } = open.data;
  const now = draft ?? text;
  const changed = now !== text;
  const look = async (next: string | null) => {
    const found = await preview.mutateAsync({ id, text: next }).catch(() => null);
    if (found) setShown({ text: next, preview: found });
  };
  const save = async () => {
    if (!shown) return;
    try {
      await revise.mutateAsync({ id, text: shown.text, seen: number, why: why.trim() });
      if (mayReplay) {
        const run = await replay.mutateAsync({ scope: { receipts: [id] }, mapping: "current", dryRun: false });
        setRunId(run.id);
      } else toast.success("The correction is saved. Somebody with the right to replay can read the message again.");
      onDone?.();
    } catch (error) {
      toast.error(error instanceof Error ? error.message : "This did not work.");
    }
    void queries.invalidateQueries(trpc.messages.inspect.queryFilter({ id }));
    void queries.invalidateQueries(trpc.messages.revisable.queryFilter({ id }));
    setShown(null);
  };
  return (
    <div className="flex flex-col gap-3">
      <Fields
        text={now}
        problems={problems}
        onChange={(next) => {
          setDraft(next);
          setShown(null);
        }}
      />
      <Field label="The whole text" hint="The bytes that came stay as they are; this is kept beside them.">
        {(control) => (
          <Textarea
            {...control}
            spellCheck={false}
            value={now}
            className="min-h-40 font-mono text-[12px] leading-[17px]"
            onChange={(event) => {
              setDraft(event.target.value);
              setShown(null);
            }}
          />
        )}
      </Field>
      {changed ? <Lines before={text} after={now} /> : null}
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" disabled={!changed} busy={preview.isPending} onClick={() => void look(now)}>
          Look at what it changes
        </Button>
        {changed ? (
          <Button
            onClick={() => {
              setDraft(null);
              setShown(null);
            }}
          >
            Discard
          </Button>
        ) : null}
        {number > 0 && text !== original ? (
          <Button busy={preview.isPending} onClick={() => void look(null)}>
            Go back to what came
          </Button>
        ) : null}
      </div>
      {shown ? (
        <>
          <Outcome preview={shown.preview} back={shown.text === null} />
          {shown.preview.faults.length === 0 ? (
            <div className="flex flex-wrap items-end gap-2">
              <Field label="Why" className="min-w-56 flex-1">
                {(control) => (
                  <Input
                    {...control}
                    value={why}
                    maxLength={500}
                    placeholder="The warehouse confirmed the day"
                    onChange={(event) => setWhy(event.target.value)}
                  />
                )}
              </Field>
              <Button
                variant="primary"
                disabled={why.trim().length < 3}
                busy={revise.isPending || replay.isPending}
                onClick={() => void save()}
              >
                {mayReplay ? "Save and read again" : "Save"}
              </Button>
            </div>
          ) : null}
        </>
      ) : null}
    </div>
  );
}

/** One box for each value that a problem points to. */
function Fields({
  text,
  problems,
  onChange,
}: {
  text: string;
  problems: readonly Problem[];
  onChange: (text: string) => void;
}) {
  const [places] = useState(() =>
    problems.slice(0, 5).flatMap((problem) => {
      const place = problem.found ? placeOf(text, problem) : null;
      return place ? [{ place, value: text.split("\n")[place.line - 1]?.slice(place.from, place.to) ?? "" }] : [];
    }),
  );
  const [values, setValues] = useState(() => places.map(({ value }) => value));
  const [from] = useState(text);
  if (places.length === 0) return null;
  return (
    <div className="flex flex-col gap-2">
      {places.map(({ place, value }, at) => (
        <Field
          key={`${place.problem.at} ${place.line}`}
          label={`Line ${place.line}${place.problem.at ? `, ${place.problem.at}` : ""}`}
          hint={`${PROBLEM_WORD[place.problem.kind]}: expected ${place.problem.expected}`}
        >
          {(control) => (
            <Input
              {...control}
              className="font-mono text-[12px]"
              value={values[at] ?? value}
              onChange={(event) => {
                const next = values.map((one, other) => (other === at ? event.target.value : one));
                setValues(next);
                // from the last place to the first, so that no replacement moves another
                const order = places
                  .map((one, index) => ({ ...one, index }))
                  .sort((a, b) => b.place.line - a.place.line || b.place.from - a.place.from);
                onChange(order.reduce((made, one) => replaceAt(made, one.place, next[one.index] ?? one.value), from));
              }}
            />
          )}
        </Field>
      ))}
    </div>
  );
}

/** What differs between two texts, line by line. */
export function Lines({ before, after }: { before: string; after: string }) {
  const lines = changedLines(before, after, 50);
  if (lines.length === 0) return <p className="text-ink-3">Nothing differs.</p>;
  return (
    <Diff
      rows={lines.map(({ line, old, new: next }) => ({
        field: `Line ${line}`,
        old: old === null ? null : { value: old },
        new: next === null ? null : { value: next },
      }))}
      oldTitle="As it counts now"
      newTitle="Corrected"
      label="Corrected lines"
    />
  );
}

function Outcome({ preview, back }: { preview: Preview; back: boolean }) {
  const { before, after, faults, changes } = preview;
  if (faults.length > 0)
    return (
      <div role="alert" className="flex flex-col gap-1 text-broken">
        <p>{back ? "What came cannot be read." : "This correction brings in a fault, so it cannot be saved."}</p>
        <ul className="list-disc pl-4">
          {faults.slice(0, 10).map((fault) => (
            <li key={`${fault.at} ${fault.kind}`}>
              <code className="font-mono text-[12px]">{fault.at || "the text"}</code>: expected {fault.expected}
              {fault.found ? `, found “${fault.found}”` : ""}
            </li>
          ))}
        </ul>
      </div>
    );
  const shipments = shipmentChanges(changes.before, changes.after) ?? [];
  return (
    <section aria-label="What the correction changes" className="flex flex-col gap-2">
      <p>
        Read of it: {counted(before)} now, <b>{counted(after)}</b> then.
        {after.problems.length > 0 ? ` ${after.problems.length} problems stay.` : ""}
      </p>
      {shipments.map((one) => (
        <div key={one.shipmentId} className="flex flex-col gap-1">
          <span className="font-medium">{one.shipment}</span>
          <Diff
            rows={one.rows
              .filter((row) => row.old !== row.new)
              .map((row) => ({ field: row.field, old: { value: row.old }, new: { value: row.new } }))}
            label={`What changes on ${one.shipment}`}
          />
          <span className="text-ink-2 text-xs">
            {[
              ...one.opens.map((open) => `opens: ${open}`),
              one.closes > 0 ? `closes ${one.closes}` : "",
              ...one.postings.map((p) => `to Odoo: ${p.kind}${p.held ? ` (waits: ${p.held})` : ""}`),
            ]
              .filter(Boolean)
              .join(" · ")}
          </span>
          {one.postings.map(({ kind, explained }) =>
            explained ? <ExplainedDetails key={kind} explained={explained} /> : null,
          )}
        </div>
      ))}
    </section>
  );
}

function counted({ shipments, events }: { shipments: number; events: number }): string {
  return `${shipments} ${shipments === 1 ? "shipment" : "shipments"} with ${events} ${events === 1 ? "event" : "events"}`;
}
