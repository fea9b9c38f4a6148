"use client";
import { useState } from "react";
import { Field, Input } from "@/components/ui/input";
import { formatCount, formatDuration } from "@/components/ui/number";
import { secondsFor } from "@/core/runs/tally";

/** How many items a run may take a second: what is written, and the number; `perSecond` null means as fast as it goes. */
export function usePace(first: number | null = null) {
  const [said, setSaid] = useState(first === null ? "" : String(first));
  const perSecond = said === "" ? null : Number(said);
  const fits = perSecond === null || (Number.isInteger(perSecond) && perSecond >= 1 && perSecond <= 10_000);
  return { said, setSaid, perSecond, fits };
}

/** The pace of a run, and how long its items take at it: by what was measured where nothing is written. */
export function PaceField({
  pace,
  hint,
  items,
  capped,
  measured,
  unknown = "How long it takes is known once a dry run has been through.",
}: {
  pace: ReturnType<typeof usePace>;
  hint: string;
  /** How many there are, where that is known. */
  items?: number | null;
  capped?: boolean;
  /** Items a second that were measured without a pace. */
  measured?: number | null;
  /** What is said where neither is known. */
  unknown?: string;
}) {
  const seconds = items && pace.fits ? secondsFor(items, pace.perSecond, measured ?? null) : null;
  return (
    <div className="flex flex-col gap-1">
      <Field label="At most so many a second" hint={hint} error={pace.fits ? null : "A whole number from 1 to 10,000"}>
        {(control) => (
          <Input
            {...control}
            inputMode="numeric"
            value={pace.said}
            onChange={(event) => pace.setSaid(event.target.value.trim())}
            className="w-28"
          />
        )}
      </Field>
      {items ? (
        <p aria-live="polite" className="text-ink-2">
          {seconds === null
            ? pace.fits
              ? unknown
              : null
            : `${capped ? "At least" : "About"} ${formatDuration(Math.max(1, seconds) * 1000)} for ${formatCount(items)}${
                pace.perSecond === null || (measured ?? Number.POSITIVE_INFINITY) < pace.perSecond
                  ? ", as measured last"
                  : " at this pace"
              }`}
        </p>
      ) : null}
    </div>
  );
}
