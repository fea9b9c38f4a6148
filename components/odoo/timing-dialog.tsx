"use client";
import { useMutation } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useState } from "react";
import { POSTING_KIND_WORD } from "@/components/postings/words";
import { useTRPC } from "@/components/providers";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Textarea } from "@/components/ui/input";
import { formatCount } from "@/components/ui/number";
import { Select } from "@/components/ui/select";
import { useZone } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import { POSTING_CLASSES, type PostingClass } from "@/core/postings/policy";
import { type PostingTiming, postingTiming, standing, WEEKDAY_WORDS } from "@/core/postings/timing";
import type { Connection } from "./rows";

type Kind = Connection["kinds"][number];
type Window = { days: number[]; from: string; to: string };

const CLASS_HINT: Readonly<Record<PostingClass, string>> = {
  urgent: "before all others",
  normal: "after the urgent",
  bulk: "last, but never not at all",
};
const MODES = [
  { value: "real_time", label: "As it comes" },
  { value: "interval", label: "Every n minutes" },
  { value: "windows", label: "Within windows" },
] as const;

/** Class and timing of one kind, with what the change does to what waits. */
export function TimingDialog({
  connection,
  row,
  onClose,
  onDone,
}: {
  connection: Connection["connection"];
  row: Kind;
  onClose: () => void;
  onDone: () => void;
}) {
  const trpc = useTRPC();
  const viewerZone = useZone();
  const was = row.timing;
  const [name, setName] = useState<PostingClass>(row.class);
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
  const wrong = parsed.success ? null : (parsed.error.issues[0]?.message ?? "Something is missing.");
  const never = parsed.success && parsed.data.mode === "windows" && isNever(parsed.data);
  const save = useMutation(
    trpc.odoo.setPolicy.mutationOptions({
      onSuccess: ({ released, held }) => {
        toast.success(
          held > 0
            ? `Saved: ${formatCount(held)} wait by the new policy`
            : released > 0
              ? `Saved: ${formatCount(released)} go out now`
              : "Saved",
        );
        onDone();
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  const change = (at: number, some: Partial<Window>) =>
    setWindows(windows.map((window, i) => (i === at ? { ...window, ...some } : window)));
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`${POSTING_KIND_WORD[row.kind]}: when it goes to ${connection.name}`}
      description="What waits is decided anew by the new policy; who changed it is in the audit log."
      className="max-w-[620px]"
      footer={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            variant="primary"
            busy={save.isPending}
            disabled={!parsed.success || never}
            onClick={() =>
              parsed.success &&
              save.mutate({
                id: connection.id,
                kind: row.kind,
                policy: { class: name, timing: parsed.data },
                seen: connection.updatedAt,
              })
            }
          >
            Save
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="Class" hint={CLASS_HINT[name]}>
            {(control) => (
              <Select
                {...control}
                value={name}
                onChange={setName}
                choices={POSTING_CLASSES.map((value) => ({ value, label: value }))}
              />
            )}
          </Field>
          <Field label="Goes">
            {(control) => <Select {...control} value={mode} onChange={setMode} choices={MODES} />}
          </Field>
        </div>
        {mode === "interval" ? (
          <Field
            label="Minutes"
            hint="What comes is gathered and goes together; a newer value replaces one that waits."
          >
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
        {wrong ? <p className="text-broken">{wrong}</p> : null}
        {never ? <p className="text-broken">With these holidays no window would ever open.</p> : null}
      </div>
    </Dialog>
  );
}

function isNever(timing: PostingTiming): boolean {
  const now = standing(timing, Date.now());
  return !now.open && now.opensAtMs === null;
}
