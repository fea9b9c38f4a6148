"use client";
import { Popover as Base } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./class-names";

export function Popover({
  trigger,
  children,
  align = "start",
  className,
  label,
  open,
  onOpenChange,
}: {
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "center" | "end";
  className?: string;
  /** Its name for who does not see it. */
  label?: string;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Trigger asChild>{trigger}</Base.Trigger>
      <Base.Portal>
        <Base.Content
          align={align}
          aria-label={label}
          sideOffset={4}
          collisionPadding={8}
          className={cn(
            "z-50 w-72 animate-appear rounded-lg border border-line bg-raised p-3 shadow-lift outline-none",
            className,
          )}
        >
          {children}
        </Base.Content>
      </Base.Portal>
    </Base.Root>
  );
}
