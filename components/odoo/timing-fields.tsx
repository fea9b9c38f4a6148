"use client";
import { X } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { Field, Input, Textarea } from "@/components/ui/input";
import { useZone } from "@/components/ui/time";
import { type PostingTiming, postingTiming, standing, WEEKDAY_WORDS } from "@/core/postings/timing";

type Window = { days: number[]; from: string; to: string };

/** A timing being edited: its fields, what they say, and what is wrong with that. */
export function useTiming(was: PostingTiming) {
  const viewerZone = useZone();
  const [mode, setMode] = useState<PostingTiming["mode"]>(was.mode);
  const [minutes, setMinutes] = useState(was.mode === "interval" ? String(was.minutes) : "15");
  const [zone, setZone] = useState(was.mode === "windows" ? was.zone : viewerZone);
  const [windows, setWindows] = useState<Window[]>(
    was.mode === "windows" ? was.windows : [{ days: [1, 2, 3, 4, 5, 6, 7], from: "18:00", to: "06:00" }],
  );
  const [holidays, setHolidays] = useState(was.mode === "windows" ? was.holidays.join("\n") : "");
  const parsed = postingTiming.safeParse(
    mode === "real_time"
      ? { mode }
      : mode === "interval"
        ? { mode, minutes: Number(minutes) }
        : { mode, zone: zone.trim(), windows, holidays: holidays.split(/[\s,;]+/).filter((day) => day !== "") },
  );
  const never = parsed.success && parsed.data.mode === "windows" && isNever(parsed.data);
  return {
    mode,
    setMode,
    /** What was chosen; null while something of it is wrong. */
    timing: parsed.success && !never ? parsed.data : null,
    wrong: never
      ? "With these holidays no window would ever open."
      : parsed.success
        ? null
        : (parsed.error.issues[0]?.message ?? "Something is missing."),
    fields: { mode, minutes, setMinutes, zone, setZone, windows, setWindows, holidays, setHolidays },
  };
}

/** Minutes of an interval, or windows with zone and holidays. */
export function TimingFields({
  mode,
  minutes,
  setMinutes,
  zone,
  setZone,
  windows,
  setWindows,
  holidays,
  setHolidays,
  gathers,
}: ReturnType<typeof useTiming>["fields"] & {
  /** What an interval does with what comes meanwhile. */
  gathers: string;
}) {
  const change = (at: number, some: Partial<Window>) =>
    setWindows(windows.map((window, i) => (i === at ? { ...window, ...some } : window)));
  return (
    <>
      {mode === "interval" ? (
        <Field label="Minutes" hint={gathers}>
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              className="w-24"
              value={minutes}
              onChange={(event) => setMinutes(event.target.value)}
            />
          )}
        </Field>
      ) : null}
      {mode === "windows" ? (
        <>
          {windows.map((window, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: windows have no name of their own and are edited in place
            <fieldset key={at} className="flex flex-col gap-2 rounded-md border border-line p-2">
              <legend className="px-1 font-medium text-ink-2 text-xs">Window {at + 1}</legend>
              <div className="flex flex-wrap gap-1">
                {WEEKDAY_WORDS.map((word, i) => {
                  const day = i + 1;
                  const on = window.days.includes(day);
                  return (
                    <button
                      key={word}
                      type="button"
                      aria-pressed={on}
                      onClick={() =>
                        change(at, {
                          days: on ? window.days.filter((one) => one !== day) : [...window.days, day].sort(),
                        })
                      }
                      className={cn(
                        "h-7 min-w-11 rounded-md border border-control px-2 text-sm",
                        on ? "bg-accent text-on-accent" : "text-ink-2 hover:bg-sunken",
                      )}
                    >
                      {word}
                    </button>
                  );
                })}
              </div>
              <div className="flex flex-wrap items-end gap-3">
                <Field label="From">
                  {(control) => (
                    <Input
                      {...control}
                      type="time"
                      className="w-28"
                      value={window.from}
                      onChange={(event) => change(at, { from: event.target.value })}
                    />
                  )}
                </Field>
                <Field label="To">
                  {(control) => (
                    <Input
                      {...control}
                      type="time"
                      className="w-28"
                      value={window.to}
                      onChange={(event) => change(at, { to: event.target.value })}
                    />
                  )}
                </Field>
                <span className="pb-1 text-ink-3 text-xs">
                  {window.to <= window.from ? "ends on the next day" : ""}
                </span>
                {windows.length > 1 ? (
                  <Button
                    icon
                    variant="quiet"
                    className="ml-auto"
                    aria-label={`Remove window ${at + 1}`}
                    onClick={() => setWindows(windows.filter((_, i) => i !== at))}
                  >
                    <X className="size-4!" />
                  </Button>
                ) : null}
              </div>
            </fieldset>
          ))}
          <div>
            <Button
              size="sm"
              disabled={windows.length >= 20}
              onClick={() => setWindows([...windows, { days: [1, 2, 3, 4, 5], from: "12:00", to: "13:00" }])}
            >
              Add a window
            </Button>
          </div>
          <div className="grid gap-3 sm:grid-cols-2">
            <Field label="Time zone" hint="Whose clocks the windows are read on">
              {(control) => (
                <Input
                  {...control}
                  value={zone}
                  onChange={(event) => setZone(event.target.value)}
                  autoComplete="off"
                  spellCheck={false}
                />
              )}
            </Field>
            <Field label="Holidays" hint="Days like 2026-12-25 on which no window begins">
              {(control) => (
                <Textarea {...control} value={holidays} onChange={(event) => setHolidays(event.target.value)} />
              )}
            </Field>
          </div>
        </>
      ) : null}
    </>
  );
}

function isNever(timing: PostingTiming): boolean {
  const now = standing(timing, Date.now());
  return !now.open && now.opensAtMs === null;
}
