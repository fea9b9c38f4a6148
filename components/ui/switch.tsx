"use client";
import { Switch as Base } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./class-names";

export function Switch({ className, ...rest }: ComponentProps<typeof Base.Root>) {
  return (
    <Base.Root
      className={cn(
        "inline-flex h-4 w-7 shrink-0 items-center rounded-full border border-control bg-sunken transition-colors disabled:opacity-50 data-[state=checked]:border-accent data-[state=checked]:bg-accent",
        className,
      )}
      {...rest}
    >
      <Base.Thumb className="block size-3 translate-x-px rounded-full bg-control transition-transform data-[state=checked]:translate-x-[13px] data-[state=checked]:bg-on-accent" />
    </Base.Root>
  );
}
