"use client";
import { Check, ChevronDown } from "lucide-react";
import { Select as Base } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./class-names";

export type Choice<T extends string> = { value: T; label: ReactNode; hint?: ReactNode; disabled?: boolean };

export function Select<T extends string>({
  value,
  onChange,
  choices,
  placeholder,
  className,
  disabled,
  ...rest
}: {
  value: T | null;
  onChange: (value: T) => void;
  choices: readonly Choice<T>[];
  placeholder?: string;
  className?: string;
  disabled?: boolean;
  id?: string;
  "aria-label"?: string;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean;
}) {
  return (
    <Base.Root value={value ?? ""} onValueChange={(next) => onChange(next as T)} disabled={disabled}>
      <Base.Trigger
        className={cn(
          "inline-flex h-7 items-center justify-between gap-2 rounded-md border border-control bg-surface px-2 text-left text-sm text-ink disabled:opacity-60 data-[placeholder]:text-ink-3",
          className,
        )}
        {...rest}
      >
        <span className="truncate">
          <Base.Value placeholder={placeholder} />
        </span>
        <ChevronDown className="size-3.5 shrink-0 text-ink-3" aria-hidden />
      </Base.Trigger>
      <Base.Portal>
        <Base.Content
          position="popper"
          sideOffset={4}
          className="z-50 max-h-80 min-w-(--radix-select-trigger-width) animate-appear overflow-hidden rounded-lg border border-line bg-raised shadow-lift"
        >
          <Base.Viewport className="p-1">
            {choices.map((choice) => (
              <Base.Item
                key={choice.value}
                value={choice.value}
                disabled={choice.disabled}
                className="flex cursor-default select-none items-center gap-2 rounded-sm py-1.5 pr-2 pl-1.5 text-sm outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-sunken"
              >
                <span className="grid size-3.5 place-items-center">
                  <Base.ItemIndicator>
                    <Check className="size-3.5" aria-hidden />
                  </Base.ItemIndicator>
                </span>
                <Base.ItemText>{choice.label}</Base.ItemText>
                {choice.hint ? <span className="ml-auto pl-3 text-ink-3 text-xs">{choice.hint}</span> : null}
              </Base.Item>
            ))}
          </Base.Viewport>
        </Base.Content>
      </Base.Portal>
    </Base.Root>
  );
}
