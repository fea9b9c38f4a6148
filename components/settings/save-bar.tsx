"use client";
import { Button } from "@/components/ui/button";

/** Save and undo, shown to those who may; says what went wrong. */
export function SaveBar({
  dirty,
  busy,
  error,
  undo,
  save,
}: {
  dirty: boolean;
  busy: boolean;
  error: { message: string } | null;
  undo: () => void;
  save: () => void;
}) {
  return (
    <div className="sticky -bottom-4 mt-6 flex flex-wrap items-center gap-2 border-line border-t bg-canvas py-3">
      <Button variant="primary" disabled={!dirty} busy={busy} onClick={save}>
        Save
      </Button>
      <Button variant="quiet" disabled={!dirty || busy} onClick={undo}>
        Undo
      </Button>
      {error ? (
        <p role="alert" className="text-broken text-sm">
          {error.message}
        </p>
      ) : null}
    </div>
  );
}
