"use client";
import { X } from "lucide-react";
import { Dialog as Base } from "radix-ui";
import type { ReactNode } from "react";
import { Button } from "./button";
import { cn } from "./class-names";

/** A question that must be answered before going on. `footer` holds the buttons; the consequences stand in `description`. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
  footer,
  className,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  footer?: ReactNode;
  className?: string;
}) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Overlay className="fixed inset-0 z-40 animate-appear bg-scrim" />
        <Base.Content
          className={cn(
            "fixed top-[12vh] left-1/2 z-50 flex max-h-[78vh] w-[calc(100vw-24px)] max-w-[520px] -translate-x-1/2 animate-appear flex-col rounded-lg bg-raised shadow-lift outline-none",
            className,
          )}
          {...(description ? {} : { "aria-describedby": undefined })}
        >
          <div className="flex items-start gap-4 px-4 pt-4 pb-2">
            <div className="min-w-0 flex-1">
              <Base.Title className="font-semibold text-base">{title}</Base.Title>
              {description ? <Base.Description className="mt-1 text-ink-2">{description}</Base.Description> : null}
            </div>
            <Base.Close asChild>
              <Button variant="quiet" size="sm" icon aria-label="Close">
                <X />
              </Button>
            </Base.Close>
          </div>
          {children ? <div className="min-h-0 flex-1 overflow-y-auto px-4 py-2">{children}</div> : null}
          {footer ? <div className="flex justify-end gap-2 px-4 pt-2 pb-4">{footer}</div> : null}
        </Base.Content>
      </Base.Portal>
    </Base.Root>
  );
}
