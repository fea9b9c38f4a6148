"use client";
import { Command } from "cmdk";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Popover } from "@/components/ui/popover";
import { CONDITIONS, type EventKind, MILESTONES, NON_EVENTS, summaryOf } from "@/core/shipments/milestones";
import { sentence } from "./words";

const GROUPS: readonly { heading: string; kinds: readonly EventKind[] }[] = [
  { heading: "Milestones", kinds: MILESTONES },
  { heading: "Conditions", kinds: CONDITIONS.filter((kind) => kind !== "unmapped_code") },
  { heading: "Notes without effect", kinds: NON_EVENTS },
];

/** Finds one of our kinds of event by a part of its name or of the word that tracking APIs use for it. */
export function MeaningPicker({
  value,
  onChange,
  disabled,
}: {
  value: EventKind | null;
  onChange: (kind: EventKind) => void;
  disabled?: boolean;
}) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label="Meanings"
      className="p-1.5"
      trigger={
        <Button disabled={disabled} aria-label={value ? `Meaning: ${sentence(value)}` : "Choose a meaning"}>
          {value ? sentence(value) : "Choose a meaning"}
          <ChevronDown aria-hidden />
        </Button>
      }
    >
      <Command label="Meanings">
        <Command.Input
          autoFocus
          placeholder="Find a meaning"
          className="mb-1 h-7 w-full rounded-md border border-control bg-surface px-2 outline-offset-0 placeholder:text-ink-3"
        />
        <Command.List className="max-h-72 overflow-y-auto">
          <Command.Empty className="px-2 py-3 text-ink-3">None of our meanings has that name.</Command.Empty>
          {GROUPS.map(({ heading, kinds }) => (
            <Command.Group
              key={heading}
              heading={heading}
              className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-1.5 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-ink-3 [&_[cmdk-group-heading]]:text-xs"
            >
              {kinds.map((kind) => (
                <Command.Item
                  key={kind}
                  value={`${sentence(kind)} ${kind} ${summaryOf(kind)}`}
                  onSelect={() => {
                    onChange(kind);
                    setOpen(false);
                  }}
                  className="flex h-7 cursor-default items-center justify-between gap-2 rounded-sm px-2 data-[selected=true]:bg-sunken"
                >
                  <span className={kind === value ? "font-medium" : ""}>{sentence(kind)}</span>
                  <span className="text-ink-3 text-xs">{summaryOf(kind).replaceAll("_", " ")}</span>
                </Command.Item>
              ))}
            </Command.Group>
          ))}
        </Command.List>
      </Command>
    </Popover>
  );
}
