"use client";
import { useEffect, useMemo, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { typing } from "@/components/ui/hotkeys";
import { Field, Input } from "@/components/ui/input";
import { Kbd } from "@/components/ui/kbd";
import { formatCount } from "@/components/ui/number";
import { absolute, useZone } from "@/components/ui/time";
import type { SnoozeChoice } from "@/core/exceptions/cause-snooze";
import { snoozeChoices } from "./snooze-times";

const OTHERS: readonly { word: string; hint: string; choice: SnoozeChoice }[] = [
  { word: "After 5 more", hint: "of the same cause", choice: { mode: "more", more: 5 } },
  { word: "After 50 more", hint: "of the same cause", choice: { mode: "more", more: 50 } },
  { word: "When it escalates", hint: "worse, or much more often", choice: { mode: "escalating" } },
];

/** Puts exceptions, or a whole cause, away until a time, until more come, or until it escalates; keys 1 to 8 choose. */
export function SnoozeDialog({
  count,
  cause = false,
  onClose,
  onChoose,
}: {
  count: number;
  /** True where a whole cause is put away, with what will still come of it. */
  cause?: boolean;
  onClose: () => void;
  onChoose: (choice: SnoozeChoice) => void;
}) {
  const zone = useZone();
  const [times] = useState(() => snoozeChoices(new Date()));
  const [own, setOwn] = useState("");
  const [more, setMore] = useState("");
  const choices = useMemo(
    () => [
      ...times.map(({ word, until }) => ({
        word,
        hint: absolute(until, zone, false),
        choice: { mode: "until" as const, until },
      })),
      ...OTHERS,
    ],
    [times, zone],
  );
  const latest = useRef(onChoose);
  latest.current = onChoose;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const choice = choices[Number(event.key) - 1];
      if (choice && !typing(event.target) && !event.ctrlKey && !event.metaKey) latest.current(choice.choice);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [choices]);
  const ownDate = own ? new Date(own) : null;
  const moreCount = Number(more);
  const moreOk = Number.isInteger(moreCount) && moreCount >= 1 && moreCount <= 100_000;
  const past = ownDate !== null && ownDate.getTime() <= Date.now();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={cause ? "Snooze this cause" : count === 1 ? "Snooze until" : `Snooze ${formatCount(count)} until`}
      description={
        cause
          ? "All of it leaves the queue, also what still comes, and comes back by itself."
          : "They leave the queue and come back open by themselves."
      }
      className="max-w-[400px]"
    >
      <div className="flex flex-col gap-0.5 pb-3">
        {choices.map((choice, i) => (
          <button
            key={choice.word}
            type="button"
            onClick={() => onChoose(choice.choice)}
            className="flex h-8 items-center gap-3 rounded-sm px-2 text-left hover:bg-sunken"
          >
            <Kbd>{i + 1}</Kbd>
            <span className="flex-1">{choice.word}</span>
            <span className="text-ink-3 text-xs">{choice.hint}</span>
          </button>
        ))}
        <form
          className="mt-2 flex items-end gap-2 border-line border-t px-2 pt-3"
          onSubmit={(event) => {
            event.preventDefault();
            if (ownDate && !past) onChoose({ mode: "until", until: ownDate });
          }}
        >
          <Field label="Another time" error={past ? "Choose a time that is still to come." : null} className="flex-1">
            {(control) => (
              <Input {...control} type="datetime-local" value={own} onChange={(e) => setOwn(e.target.value)} />
            )}
          </Field>
          <Button type="submit" disabled={!ownDate || past}>
            Snooze
          </Button>
        </form>
        <form
          className="flex items-end gap-2 px-2 pt-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (moreOk) onChoose({ mode: "more", more: moreCount });
          }}
        >
          <Field label="Another number that has to come" className="flex-1">
            {(control) => (
              <Input
                {...control}
                type="number"
                min={1}
                max={100_000}
                value={more}
                onChange={(e) => setMore(e.target.value)}
              />
            )}
          </Field>
          <Button type="submit" disabled={!moreOk}>
            Snooze
          </Button>
        </form>
      </div>
    </Dialog>
  );
}
