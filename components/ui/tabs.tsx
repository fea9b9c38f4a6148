"use client";
import { Tabs as Base } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./class-names";

export type Tab<T extends string> = { value: T; label: ReactNode; count?: number | null; content?: ReactNode };

/** Tabs whose choice the caller keeps (in the URL). Tabs without content are switches for what stands elsewhere. */
export function Tabs<T extends string>({
  value,
  onChange,
  tabs,
  label,
  className,
  contentClassName,
}: {
  value: T;
  onChange: (value: T) => void;
  tabs: readonly Tab<T>[];
  label: string;
  className?: string;
  contentClassName?: string;
}) {
  return (
    <Base.Root
      value={value}
      onValueChange={(next) => onChange(next as T)}
      className={cn("flex min-h-0 flex-col", className)}
    >
      <Base.List aria-label={label} className="flex shrink-0 gap-4 overflow-x-auto border-line border-b">
        {tabs.map((tab) => (
          <Base.Trigger
            key={tab.value}
            value={tab.value}
            className="-mb-px whitespace-nowrap border-transparent border-b-2 px-0.5 py-2 text-ink-2 text-sm hover:text-ink data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink"
          >
            {tab.label}
            {tab.count == null ? null : (
              <span className="ml-1.5 text-ink-3 text-xs">{tab.count.toLocaleString("en")}</span>
            )}
          </Base.Trigger>
        ))}
      </Base.List>
      {tabs.map((tab) =>
        tab.content === undefined ? null : (
          <Base.Content
            key={tab.value}
            value={tab.value}
            className={cn("min-h-0 flex-1 outline-none", contentClassName)}
          >
            {tab.content}
          </Base.Content>
        ),
      )}
    </Base.Root>
  );
}

/** A small switch between two or three ways to see the same thing. */
export function Segments<T extends string>({
  value,
  onChange,
  choices,
  label,
}: {
  value: T;
  onChange: (value: T) => void;
  choices: readonly { value: T; label: ReactNode }[];
  label: string;
}) {
  return (
    <fieldset className="inline-flex h-7 shrink-0 items-center rounded-md border border-control/60 bg-surface p-0.5">
      <legend className="sr-only">{label}</legend>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={choice.value === value}
          onClick={() => onChange(choice.value)}
          className="h-full rounded-sm px-2 text-ink-2 text-xs hover:text-ink aria-pressed:bg-sunken aria-pressed:font-medium aria-pressed:text-ink"
        >
          {choice.label}
        </button>
      ))}
    </fieldset>
  );
}
