import { cva, type VariantProps } from "class-variance-authority";
import type { ReactNode } from "react";
import { cn } from "./class-names";
import { Mark, type MarkShape } from "./mark";

const badge = cva("inline-flex h-5 shrink-0 items-center gap-1 whitespace-nowrap rounded-sm text-xs", {
  variants: {
    tone: {
      neutral: "text-ink-2",
      accent: "text-accent",
      critical: "text-critical",
      high: "text-high",
      medium: "text-medium",
      low: "text-low",
      open: "text-open",
      acknowledged: "text-acknowledged",
      snoozed: "text-snoozed",
      suppressed: "text-idle",
      resolved: "text-resolved",
      ok: "text-ok",
      late: "text-late",
      broken: "text-broken",
      idle: "text-idle",
    },
    filled: { true: "px-1.5 font-medium", false: "" },
  },
  compoundVariants: [
    { filled: true, tone: ["neutral", "low", "idle", "open"], class: "bg-sunken" },
    { filled: true, tone: "accent", class: "bg-selected" },
    { filled: true, tone: "critical", class: "bg-critical-soft" },
    { filled: true, tone: "high", class: "bg-high-soft" },
    { filled: true, tone: "medium", class: "bg-medium-soft" },
    { filled: true, tone: ["ok", "resolved"], class: "bg-ok-soft" },
    { filled: true, tone: "late", class: "bg-late-soft" },
    { filled: true, tone: "broken", class: "bg-broken-soft" },
    { filled: true, tone: ["acknowledged", "snoozed", "suppressed"], class: "bg-sunken" },
  ],
  defaultVariants: { tone: "neutral", filled: false },
});

export type Tone = NonNullable<VariantProps<typeof badge>["tone"]>;

/** A shape and a word, so that colour is never the only carrier. */
export function Badge({
  tone,
  filled,
  shape,
  children,
  className,
  title,
}: {
  tone?: Tone;
  filled?: boolean;
  shape?: MarkShape;
  children: ReactNode;
  className?: string;
  title?: string;
}) {
  return (
    <span className={cn(badge({ tone, filled }), className)} title={title}>
      {shape ? <Mark shape={shape} /> : null}
      <span className="truncate">{children}</span>
    </span>
  );
}
