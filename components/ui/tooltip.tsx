"use client";
import { Tooltip as Base } from "radix-ui";
import type { ReactNode } from "react";

export const TooltipProvider = Base.Provider;

/** Words on hover and on focus; never the only place where something is said. */
export function Tooltip({
  content,
  children,
  side = "top",
}: {
  content: ReactNode;
  children: ReactNode;
  side?: "top" | "right" | "bottom" | "left";
}) {
  return (
    <Base.Root>
      <Base.Trigger asChild>{children}</Base.Trigger>
      <Base.Portal>
        <Base.Content
          side={side}
          sideOffset={5}
          collisionPadding={8}
          className="z-[60] max-w-80 animate-appear rounded-md bg-ink px-2 py-1 text-canvas text-xs shadow-lift"
        >
          {content}
        </Base.Content>
      </Base.Portal>
    </Base.Root>
  );
}
