"use client";
import { X } from "lucide-react";
import { useEffect, useRef } from "react";
import { RunProgress, useRun } from "@/components/runs/run-progress";
import { UndoButton } from "@/components/runs/undo-button";
import { Button } from "@/components/ui/button";
import { useRefreshRows } from "./rows";

/** How far the act on all that match is, over the list it works on; it can be paused, cancelled and taken back from here. */
export function BulkStrip({ id, onClose, onRun }: { id: string; onClose: () => void; onRun: (id: string) => void }) {
  const run = useRun(id).data;
  const refresh = useRefreshRows();
  const ended = run !== undefined && run.endedAt !== null;
  const told = useRef("");
  useEffect(() => {
    if (!ended || told.current === id) return;
    told.current = id;
    refresh(null, {});
  }, [ended, id, refresh]);
  return (
    <section
      aria-label="Bulk action"
      className="mx-3 flex items-start gap-3 rounded-md border border-line bg-raised p-3"
    >
      <div className="min-w-0 flex-1">
        <RunProgress id={id} />
      </div>
      {run ? <UndoButton run={run} onUndone={onRun} /> : null}
      <Button variant="quiet" icon aria-label="Close" onClick={onClose}>
        <X />
      </Button>
    </section>
  );
}
