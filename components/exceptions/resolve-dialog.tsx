"use client";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Textarea } from "@/components/ui/input";
import { formatCount } from "@/components/ui/number";

const COMMON = [
  "Settled with the carrier",
  "Settled with the customer",
  "Corrected at the source",
  "No harm, nothing to do",
];

/** Closes exceptions with a reason that colleagues and the audit log can read. */
export function ResolveDialog({
  count,
  onClose,
  onResolve,
}: {
  count: number;
  onClose: () => void;
  onResolve: (reason: string) => void;
}) {
  const [reason, setReason] = useState("");
  const form = useRef<HTMLFormElement>(null);
  const short = reason.trim().length < 3;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={count === 1 ? "Resolve this exception" : `Resolve ${formatCount(count)} exceptions`}
      description="It comes back only when the same happens again. Nothing changes in Odoo by this."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" disabled={short} onClick={() => form.current?.requestSubmit()}>
            {count === 1 ? "Resolve" : `Resolve ${formatCount(count)}`}
          </Button>
        </>
      }
    >
      <form
        ref={form}
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (!short) onResolve(reason.trim());
        }}
      >
        <Field label="Reason" hint="Ctrl Enter resolves.">
          {(control) => (
            <Textarea
              {...control}
              autoFocus
              maxLength={1000}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.current?.requestSubmit();
              }}
            />
          )}
        </Field>
        <div className="flex flex-wrap gap-1.5">
          {COMMON.map((words) => (
            <Button key={words} size="sm" onClick={() => setReason(words)}>
              {words}
            </Button>
          ))}
        </div>
      </form>
    </Dialog>
  );
}
