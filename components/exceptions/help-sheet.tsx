"use client";
import { Dialog } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";

const KEYS: readonly [keys: readonly string[], what: string][] = [
  [["j", "k"], "Next, previous"],
  [["Enter"], "Open in the panel"],
  [["Esc"], "Close the panel, let go of what is chosen"],
  [["x"], "Choose the row"],
  [["Shift", "A"], "Choose all loaded rows, then all that match"],
  [["h", "l"], "On the board: column to the left, right"],
  [["a"], "Acknowledge"],
  [["m"], "Take it (give it to me)"],
  [["o"], "Give it to somebody"],
  [["s"], "Snooze, or wake the cause you stand on"],
  [["r"], "Resolve"],
  [["c"], "Comment"],
  [["g"], "Causes, list, board"],
  [["v"], "Saved views"],
  [["Ctrl", "K"], "Find anything"],
  [["?"], "This sheet"],
];

export function HelpSheet({ onClose }: { onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Keys"
      description="They act on the chosen rows, else on the row you stand on."
    >
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-1.5 pb-4">
        {KEYS.map(([keys, what]) => (
          <div key={what} className="contents">
            <dt className="flex gap-1">
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dt>
            <dd className="text-ink-2">{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
