"use client";
import type { ReactNode } from "react";
import { Button } from "./button";
import { cn } from "./class-names";
import { Mark } from "./mark";

/** Says what happened, to what, and what to do. */
export function ErrorState({
  title,
  error,
  onRetry,
  children,
  className,
}: {
  title: string;
  error?: { message: string } | null;
  onRetry?: () => void;
  children?: ReactNode;
  className?: string;
}) {
  return (
    <div role="alert" className={cn("mx-auto flex max-w-md flex-col items-start gap-2 px-4 py-12", className)}>
      <h2 className="flex items-center gap-2 font-semibold text-base">
        <Mark shape="cross" className="text-broken" />
        {title}
      </h2>
      {error ? <p className="break-words text-ink-2">{error.message}</p> : null}
      {children ? <div className="text-ink-2">{children}</div> : null}
      {onRetry ? (
        <Button className="mt-2" onClick={onRetry}>
          Try again
        </Button>
      ) : null}
    </div>
  );
}
