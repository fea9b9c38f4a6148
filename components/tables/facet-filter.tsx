"use client";
import { ChevronDown, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dropdown, DropdownCheck, DropdownItem, DropdownSeparator } from "@/components/ui/dropdown";
import { formatCount } from "@/components/ui/number";

export type FacetChoice<T extends string> = { value: T; label: ReactNode; words: string; count?: number };

/** One filter with counts beside its choices; several choices are joined by "or". */
export function FacetFilter<T extends string>({
  label,
  choices,
  value,
  onChange,
}: {
  label: string;
  choices: readonly FacetChoice<T>[];
  value: readonly T[];
  onChange: (value: T[]) => void;
}) {
  const [open, setOpen] = useState(false);
  const [find, setFind] = useState("");
  const wanted = find.trim().toLowerCase();
  const listed = wanted ? choices.filter((c) => c.words.toLowerCase().includes(wanted)) : choices;
  const named = choices.filter((c) => value.includes(c.value)).map((c) => c.words);
  return (
    <span className="inline-flex">
      <Dropdown
        open={open}
        onOpenChange={(next) => {
          setOpen(next);
          setFind("");
        }}
        trigger={
          <Button variant={value.length > 0 ? "secondary" : "quiet"} className="max-w-56">
            <span className="truncate">
              {label}
              {named.length > 0
                ? `: ${named.slice(0, 2).join(", ")}${named.length > 2 ? ` +${named.length - 2}` : ""}`
                : ""}
            </span>
            <ChevronDown aria-hidden />
          </Button>
        }
      >
        {choices.length > 12 ? (
          <input
            aria-label={`Find in ${label}`}
            placeholder="Find"
            value={find}
            onChange={(event) => setFind(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== "Escape" && event.key !== "ArrowDown") event.stopPropagation();
            }}
            className="mb-1 h-7 w-full rounded-sm border border-control bg-surface px-2 text-sm"
          />
        ) : null}
        {listed.map((choice) => (
          <DropdownCheck
            key={choice.value}
            checked={value.includes(choice.value)}
            onCheckedChange={() =>
              onChange(
                value.includes(choice.value) ? value.filter((v) => v !== choice.value) : [...value, choice.value],
              )
            }
          >
            <span className="flex-1">{choice.label}</span>
            {choice.count === undefined ? null : (
              <span className="pl-6 text-ink-3 text-xs">{formatCount(choice.count)}</span>
            )}
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
      </Dropdown>
    </span>
  );
}
