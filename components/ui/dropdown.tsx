"use client";
import { Check } from "lucide-react";
import { DropdownMenu as Base } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./class-names";

const item =
  "flex cursor-default select-none items-center gap-2 rounded-sm px-2 py-1.5 text-sm outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-sunken [&_svg]:size-3.5 [&_svg]:text-ink-3";

export function Dropdown({
  trigger,
  children,
  align = "start",
  className,
  ...rest
}: { trigger: ReactNode; align?: "start" | "end"; children: ReactNode; className?: string } & Pick<
  ComponentProps<typeof Base.Root>,
  "open" | "onOpenChange"
>) {
  return (
    <Base.Root modal={false} {...rest}>
      <Base.Trigger asChild>{trigger}</Base.Trigger>
      <Base.Portal>
        <Base.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className={cn(
            "z-50 max-h-[60vh] min-w-44 animate-appear overflow-y-auto rounded-lg border border-line bg-raised p-1 shadow-lift",
            className,
          )}
        >
          {children}
        </Base.Content>
      </Base.Portal>
    </Base.Root>
  );
}

export function DropdownItem({ className, danger, ...rest }: ComponentProps<typeof Base.Item> & { danger?: boolean }) {
  return <Base.Item className={cn(item, danger && "text-broken", className)} {...rest} />;
}

export function DropdownCheck({ className, children, ...rest }: ComponentProps<typeof Base.CheckboxItem>) {
  return (
    <Base.CheckboxItem className={cn(item, "pl-1.5", className)} onSelect={(e) => e.preventDefault()} {...rest}>
      <span className="grid size-3.5 place-items-center">
        <Base.ItemIndicator>
          <Check className="text-ink!" aria-hidden />
        </Base.ItemIndicator>
      </span>
      {children}
    </Base.CheckboxItem>
  );
}

export function DropdownLabel({ children }: { children: ReactNode }) {
  return <Base.Label className="px-2 pt-1.5 pb-1 text-ink-3 text-xs">{children}</Base.Label>;
}

export function DropdownSeparator() {
  return <Base.Separator className="my-1 h-px bg-line" />;
}
