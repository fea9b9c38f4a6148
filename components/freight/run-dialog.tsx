"use client";
import { useMutation } from "@tanstack/react-query";
import { POSTING_KIND_WORD } from "@/components/postings/words";
import { useTRPC } from "@/components/providers";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { formatCount } from "@/components/ui/number";
import { toast } from "@/components/ui/toaster";
import type { SettlementKind, SettlementRow } from "./rows";
import { sumWords } from "./sums";

const postings = (count: number) => `${formatCount(count)} ${count === 1 ? "posting" : "postings"}`;

/** What a run now would let go, before it is done. */
export function RunDialog({
  kinds,
  next,
  onClose,
  onDone,
}: {
  kinds: readonly SettlementKind[];
  next: readonly SettlementRow[];
  onClose: () => void;
  onDone: () => void;
}) {
  const trpc = useTRPC();
  const waiting = kinds.flatMap(({ waiting }) => waiting);
  const going = waiting.filter(({ heldBecause }) => heldBecause === "window" || heldBecause === "interval");
  const count = going.reduce((sum, one) => sum + one.count, 0);
  const staying = waiting.reduce((sum, one) => sum + one.count, 0) - count;
  const run = useMutation(
    trpc.freight.runSettlement.mutationOptions({
      onSuccess: ({ released, checked }) => {
        toast.success(
          `${postings(released)} ${released === 1 ? "goes" : "go"} out now, ${formatCount(checked)} undecided ${checked === 1 ? "bill is" : "bills are"} checked again`,
        );
        onDone();
      },
    }),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title="Run freight settlement now"
      description={
        count > 0
          ? `${postings(count)} ${count === 1 ? "goes" : "go"} to Odoo at once, ${sumWords(going)}, and what comes within an hour goes too. The windows stay as they are. Undecided bills are checked again.`
          : "Nothing waits for a window or batch: what is approved goes as it comes. Undecided bills are checked again."
      }
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" busy={run.isPending} onClick={() => run.mutate()}>
            Run now
          </Button>
        </>
      }
    >
      {next.length > 0 ? (
        <ul aria-label="What goes" className="mb-2 rounded-md border border-line">
          {next.map((row) => (
            <li key={row.id} className="flex gap-3 border-line border-b px-2 py-1 last:border-b-0">
              <span className="min-w-0 flex-1 truncate">
                {row.name ?? "No number"} <span className="text-ink-3">{POSTING_KIND_WORD[row.kind]}</span>
              </span>
              <span className="tabular-nums">{sumWords([{ currency: row.currency, sum: row.amount }])}</span>
            </li>
          ))}
          {count > next.length ? (
            <li className="px-2 py-1 text-ink-3">and {formatCount(count - next.length)} more</li>
          ) : null}
        </ul>
      ) : null}
      {staying > 0 ? (
        <p className="text-ink-2">{postings(staying)} wait for another reason and go on waiting.</p>
      ) : null}
      {run.error ? <p className="text-broken">{run.error.message}</p> : null}
    </Dialog>
  );
}
