import type { ReactNode } from "react";
import { cn } from "./class-names";

const SHAPES = {
  octagon: (
    <>
      <path d="M3.7 1h4.6L11 3.7v4.6L8.3 11H3.7L1 8.3V3.7z" fill="currentColor" />
      <path d="M6 3.3v3.2M6 8.5v.3" stroke="var(--surface)" strokeWidth="1.5" strokeLinecap="round" />
    </>
  ),
  triangle: <path d="M6 1.4 11 10.4H1z" fill="currentColor" stroke="currentColor" strokeLinejoin="round" />,
  diamond: (
    <path d="M6 1.5 10.5 6 6 10.5 1.5 6z" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinejoin="round" />
  ),
  ring: <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" strokeWidth="1.6" />,
  half: (
    <>
      <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" strokeWidth="1.6" />
      <path d="M6 2.6a3.4 3.4 0 0 1 0 6.8z" fill="currentColor" />
    </>
  ),
  moon: <path d="M9.9 7.6A4.5 4.5 0 1 1 5 1.7a3.6 3.6 0 0 0 4.9 5.9z" fill="currentColor" />,
  check: (
    <path
      d="m2 6.5 2.7 2.7L10 3.2"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  ),
  dot: <circle cx="6" cy="6" r="3.2" fill="currentColor" />,
  clock: (
    <>
      <circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 3.6V6l1.6 1.2" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" />
    </>
  ),
  cross: <path d="m2.6 2.6 6.8 6.8m0-6.8-6.8 6.8" stroke="currentColor" strokeWidth="1.9" strokeLinecap="round" />,
  square: <rect x="2" y="2" width="8" height="8" rx="1" fill="currentColor" />,
  hollow_square: (
    <rect x="2.3" y="2.3" width="7.4" height="7.4" rx="1" fill="none" stroke="currentColor" strokeWidth="1.5" />
  ),
  pause: <path d="M4 2.5v7M8 2.5v7" stroke="currentColor" strokeWidth="1.9" strokeLinecap="round" />,
  dash: <path d="M2.5 6h7" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" />,
  arrow: (
    <path
      d="M2 6h8M6.8 2.8 10 6 6.8 9.2"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  ),
} as const satisfies Record<string, ReactNode>;

export type MarkShape = keyof typeof SHAPES;

/** The small shapes that go with a colour and a word. */
export function Mark({ shape, className }: { shape: MarkShape; className?: string }) {
  return (
    <svg viewBox="0 0 12 12" className={cn("size-3 shrink-0", className)} aria-hidden>
      {SHAPES[shape]}
    </svg>
  );
}
