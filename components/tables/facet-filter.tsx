"use client";
import { Command } from "cmdk";
import { Check, ChevronDown, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dropdown, DropdownCheck, DropdownItem, DropdownSeparator } from "@/components/ui/dropdown";
import { formatCount } from "@/components/ui/number";
import { Popover } from "@/components/ui/popover";

export type FacetChoice<T extends string> = { value: T; label: ReactNode; words: string; count?: number };

type Facet<T extends string> = {
  label: string;
  choices: readonly FacetChoice<T>[];
  value: readonly T[];
  onChange: (value: T[]) => void;
};

/** So many choices are read at a glance; more get a box to find one by its word. */
const AT_A_GLANCE = 12;

/** One filter with counts beside its choices; several choices are joined by "or". */
export function FacetFilter<T extends string>(facet: Facet<T>) {
  const { label, choices, value } = facet;
  const [open, setOpen] = useState(false);
  const named = choices.filter((c) => value.includes(c.value)).map((c) => c.words);
  const trigger = (
    <Button variant={value.length > 0 ? "secondary" : "quiet"} className="max-w-56">
      <span className="truncate">
        {label}
        {named.length > 0 ? `: ${named.slice(0, 2).join(", ")}${named.length > 2 ? ` +${named.length - 2}` : ""}` : ""}
      </span>
      <ChevronDown aria-hidden />
    </Button>
  );
  return (
    <span className="inline-flex">
      {choices.length > AT_A_GLANCE ? (
        <Popover open={open} onOpenChange={setOpen} trigger={trigger} label={label} className="p-1">
          <FindList {...facet} />
        </Popover>
      ) : (
        <Dropdown open={open} onOpenChange={setOpen} trigger={trigger}>
          <CheckList {...facet} />
        </Dropdown>
      )}
    </span>
  );
}

function toggled<T extends string>(value: readonly T[], one: T): T[] {
  return value.includes(one) ? value.filter((v) => v !== one) : [...value, one];
}

function Words<T extends string>({ choice }: { choice: FacetChoice<T> }) {
  return (
    <>
      <span className="flex-1">{choice.label}</span>
      {choice.count === undefined ? null : <span className="pl-6 text-ink-3 text-xs">{formatCount(choice.count)}</span>}
    </>
  );
}

function CheckList<T extends string>({ choices, value, onChange }: Facet<T>) {
  return (
    <>
      {choices.map((choice) => (
        <DropdownCheck
          key={choice.value}
          checked={value.includes(choice.value)}
          onCheckedChange={() => onChange(toggled(value, choice.value))}
        >
          <Words choice={choice} />
        </DropdownCheck>
      ))}
      {value.length > 0 ? (
        <>
          <DropdownSeparator />
          <DropdownItem onSelect={() => onChange([])}>
            <X aria-hidden />
            All
          </DropdownItem>
        </>
      ) : null}
    </>
  );
}

function FindList<T extends string>({ label, choices, value, onChange }: Facet<T>) {
  const item = "flex cursor-default items-center gap-2 rounded-sm px-1.5 py-1.5 text-sm data-[selected=true]:bg-sunken";
  return (
    <Command label={`Find in ${label}`}>
      <Command.Input
        autoFocus
        placeholder="Find"
        className="mb-1 h-7 w-full rounded-md border border-control bg-surface px-2 outline-offset-0 placeholder:text-ink-3"
      />
      <Command.List label={label} className="max-h-[50vh] overflow-y-auto">
        <Command.Empty className="px-2 py-3 text-ink-3">Nothing here has that name.</Command.Empty>
        {choices.map((choice) => (
          <Command.Item
            key={choice.value}
            value={`${choice.words} ${choice.value}`}
            aria-checked={value.includes(choice.value)}
            onSelect={() => onChange(toggled(value, choice.value))}
            className={item}
          >
            <span className="grid size-3.5 place-items-center">
              {value.includes(choice.value) ? <Check className="size-3.5" aria-hidden /> : null}
            </span>
            <Words choice={choice} />
          </Command.Item>
        ))}
      </Command.List>
      {value.length > 0 ? (
        <Button
          variant="quiet"
          className="mt-1 w-full justify-start border-line border-t px-1.5"
          onClick={() => onChange([])}
        >
          <X aria-hidden />
          All
        </Button>
      ) : null}
    </Command>
  );
}
