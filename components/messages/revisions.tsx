"use client";
import { useState } from "react";
import { useMay } from "@/components/shell/viewer";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Section } from "@/components/ui/side-panel";
import { Time } from "@/components/ui/time";
import { RevisePanel } from "./revise-panel";
import type { Inspection } from "./rows";

/** The corrected texts of a message, who made them and why, and the way to another. */
export function Revisions({ inspection }: { inspection: Inspection }) {
  const { message, readings, revisions } = inspection;
  const may = useMay("messages:revise");
  const [editing, setEditing] = useState(false);
  const [newest] = revisions;
  const waits = newest !== undefined && (readings[0]?.revision ?? 0) !== (newest.corrects ? newest.number : 0);
  if (!may && revisions.length === 0) return null;
  return (
    <Section
      title={
        revisions.length === 0
          ? "Correction"
          : `${revisions.length} ${revisions.length === 1 ? "correction" : "corrections"}`
      }
    >
      <div className="flex flex-col gap-2">
        {revisions.length > 0 ? (
          <ol className="flex flex-col">
            {revisions.map((revision, at) => (
              <li
                key={revision.number}
                className="flex flex-wrap items-baseline gap-x-2 border-line border-b py-1.5 last:border-b-0"
              >
                <span className={at === 0 ? "font-medium" : "text-ink-3"}>{revision.number}.</span>
                <span>
                  {revision.corrects ? "Corrected" : "Back to what came"} by {revision.byName}: {revision.why}
                </span>
                <Time at={revision.at} className="ml-auto text-ink-3 text-xs" />
              </li>
            ))}
          </ol>
        ) : (
          <p className="text-ink-2">Nobody has corrected it: it is read as it came.</p>
        )}
        {waits ? (
          <Badge tone="late" shape="half">
            The newest correction waits to be read: try a replay
          </Badge>
        ) : null}
        {may && message.kept ? (
          editing ? (
            <RevisePanel id={message.id} problems={readings[0]?.problems ?? []} />
          ) : (
            <div>
              <Button onClick={() => setEditing(true)}>Correct and read again</Button>
            </div>
          )
        ) : null}
      </div>
    </Section>
  );
}
