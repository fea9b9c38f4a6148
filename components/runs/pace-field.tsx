"use client";
import { useState } from "react";
import { Field, Input } from "@/components/ui/input";

/** How many items a run may take a second: what is written, and the number; `perSecond` null means as fast as it goes. */
export function usePace() {
  const [said, setSaid] = useState("");
  const perSecond = said === "" ? null : Number(said);
  const fits = perSecond === null || (Number.isInteger(perSecond) && perSecond >= 1 && perSecond <= 10_000);
  return { said, setSaid, perSecond, fits };
}

export function PaceField({ pace, hint }: { pace: ReturnType<typeof usePace>; hint: string }) {
  return (
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
  );
}
