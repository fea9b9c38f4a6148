"use client";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { dayPlus } from "@/core/reconciliation/settings";

/** Chooses a day among those that are kept: typed, picked, or one step back or on. */
export function DayPicker({
  day,
  oldest,
  today,
  onChange,
}: {
  day: string;
  oldest: string;
  today: string;
  onChange: (day: string) => void;
}) {
  const [draft, setDraft] = useState(day);
  useEffect(() => setDraft(day), [day]);
  const step = (by: 1 | -1, label: string) => {
    const next = dayPlus(day, by);
    return (
      <Button
        icon
        variant="quiet"
        aria-label={label}
        disabled={next < oldest || next > today}
        onClick={() => onChange(next)}
      >
        {by < 0 ? <ChevronLeft aria-hidden /> : <ChevronRight aria-hidden />}
      </Button>
    );
  };
  return (
    <span className="flex items-center gap-0.5">
      {step(-1, "Day before")}
      <Input
        type="date"
        aria-label="Day"
        title={`Results are kept since ${oldest}`}
        min={oldest}
        max={today}
        value={draft}
        onChange={(event) => {
          const { value } = event.target;
          setDraft(value);
          // a year is typed digit by digit: only a day that can be shown is gone to
          if (value >= oldest && value <= today && value !== day) onChange(value);
        }}
        onBlur={() => setDraft(day)}
        className="w-36 tabular-nums"
      />
      {step(1, "Day after")}
    </span>
  );
}
