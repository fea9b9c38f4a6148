"use client";
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { cn } from "./class-names";

/** Cuts the middle out of an identifier, where two of a kind differ least. */
export function shorten(value: string, max: number): string {
  if (value.length <= max) return value;
  const tail = Math.ceil((max - 1) / 2);
  return `${value.slice(0, max - 1 - tail)}…${value.slice(-tail)}`;
}

/** An identifier in a mono face; a click copies all of it. */
export function Identifier({ value, max = 28, className }: { value: string; max?: number; className?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1200);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      title={copied ? "Copied" : `${value} (click to copy)`}
      onClick={async (event) => {
        event.stopPropagation();
        await navigator.clipboard.writeText(value);
        setCopied(true);
      }}
      className={cn(
        "group inline-flex max-w-full items-center gap-1 rounded-sm font-mono text-[12px] text-ink hover:bg-sunken",
        className,
      )}
    >
      <span className="sr-only">Copy </span>
      <span className="truncate">{shorten(value, max)}</span>
      {copied ? (
        <Check className="size-3 shrink-0 text-ok" aria-hidden />
      ) : (
        <Copy
          className="size-3 shrink-0 text-ink-3 opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100"
          aria-hidden
        />
      )}
      <span className="sr-only" aria-live="polite">
        {copied ? "Copied" : ""}
      </span>
    </button>
  );
}
