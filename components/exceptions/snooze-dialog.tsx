"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/input";
import { Kbd } from "@/components/ui/kbd";
import { formatCount } from "@/components/ui/number";
import { absolute, useZone } from "@/components/ui/time";
import { snoozeChoices } from "./snooze-times";

/** Puts exceptions away until an instant; keys 1 to 5 choose. */
export function SnoozeDialog({
  count,
  onClose,
  onChoose,
}: {
  count: number;
  onClose: () => void;
  onChoose: (until: Date) => void;
}) {
  const zone = useZone();
  const [choices] = useState(() => snoozeChoices(new Date()));
  const [own, setOwn] = useState("");
  const ownDate = own ? new Date(own) : null;
  const past = ownDate !== null && ownDate.getTime() <= Date.now();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={count === 1 ? "Snooze until" : `Snooze ${formatCount(count)} until`}
      description="They leave the queue and come back open by themselves."
      className="max-w-[400px]"
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: digits choose one of the buttons inside */}
      <div
        onKeyDown={(event) => {
          const choice = choices[Number(event.key) - 1];
          if (choice && !(event.target instanceof HTMLInputElement)) onChoose(choice.until);
        }}
        className="flex flex-col gap-0.5 pb-3"
      >
        {choices.map((choice, i) => (
          <button
            key={choice.word}
            type="button"
            onClick={() => onChoose(choice.until)}
            className="flex h-8 items-center gap-3 rounded-sm px-2 text-left hover:bg-sunken"
          >
            <Kbd>{i + 1}</Kbd>
            <span className="flex-1">{choice.word}</span>
            <span className="text-ink-3 text-xs">{absolute(choice.until, zone, false)}</span>
          </button>
        ))}
        <form
          className="mt-2 flex items-end gap-2 border-line border-t px-2 pt-3"
          onSubmit={(event) => {
            event.preventDefault();
            if (ownDate && !past) onChoose(ownDate);
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
      </div>
    </Dialog>
  );
}
