"use client";
import type { ReactNode } from "react";
import { ASPECT_WORD } from "@/components/reconciliation/words";
import { Checkbox } from "@/components/ui/checkbox";
import { Input } from "@/components/ui/input";
import { Switch } from "@/components/ui/switch";
import { ASPECTS } from "@/core/reconciliation/aspects";
import type { WorkspaceSettings } from "@/core/settings/workspace";
import { SaveBar } from "./save-bar";
import { useSetting } from "./use-setting";

/** When days are closed and compared, what is compared, and how long results are kept. */
export function ReconciliationForm({
  seen,
  editable,
}: {
  seen: WorkspaceSettings["reconciliation"];
  editable: boolean;
}) {
  const { draft, setDraft, ...bar } = useSetting("reconciliation", seen);
  const set = (over: Partial<typeof draft>) => setDraft({ ...draft, ...over });
  const number = (label: string, name: "settleMinutes" | "keepDays") => (
    <Input
      type="number"
      aria-label={label}
      min={0}
      disabled={!editable}
      value={Number.isNaN(draft[name]) ? "" : draft[name]}
      onChange={(event) => set({ [name]: event.target.valueAsNumber })}
      className="w-24 text-right"
    />
  );
  return (
    <div className="max-w-3xl">
      <Row label="Compare what changes all day" hint="Odoo is read back in batches some minutes after a change.">
        <Switch
          aria-label="Compare what changes all day"
          disabled={!editable}
          checked={draft.continuous}
          onCheckedChange={(continuous) => set({ continuous })}
        />
      </Row>
      <Row label="Minutes a change rests first" hint="Postings are on their way meanwhile.">
        {number("Minutes a change rests first", "settleMinutes")}
      </Row>
      <Row label="Compare the day that ended each night" hint="Its service level counts from the end of the day.">
        <Switch
          aria-label="Compare the day that ended each night"
          disabled={!editable}
          checked={draft.nightly}
          onCheckedChange={(nightly) => set({ nightly })}
        />
      </Row>
      <Row label="At this time of day" hint="Hours and minutes in the zone below.">
        <Input
          type="time"
          aria-label="At this time of day"
          disabled={!editable || !draft.nightly}
          value={draft.startAt}
          onChange={(event) => set({ startAt: event.target.value })}
          className="w-28"
        />
      </Row>
      <Row label="Zone of the days" hint="A name such as Europe/Berlin; days begin and end by its clocks.">
        <Input
          aria-label="Zone of the days"
          disabled={!editable}
          value={draft.zone}
          onChange={(event) => set({ zone: event.target.value })}
          className="w-48"
        />
      </Row>
      <Row label="Days that results are kept" hint="Older ones are forgotten.">
        {number("Days that results are kept", "keepDays")}
      </Row>
      <fieldset className="border-line border-b py-2">
        <legend className="float-left mb-1 w-full">What is compared</legend>
        <div className="grid clear-both grid-cols-2 gap-y-1.5 sm:grid-cols-4">
          {ASPECTS.map((aspect) => {
            const id = `aspect-${aspect}`;
            return (
              <span key={aspect} className="flex items-center gap-2">
                <Checkbox
                  id={id}
                  disabled={!editable}
                  checked={draft.aspects.includes(aspect)}
                  onCheckedChange={(on) =>
                    set({
                      aspects: ASPECTS.filter((one) => (one === aspect ? on === true : draft.aspects.includes(one))),
                    })
                  }
                />
                <label htmlFor={id}>{ASPECT_WORD[aspect]}</label>
              </span>
            );
          })}
        </div>
      </fieldset>
      {editable ? <SaveBar {...bar} /> : null}
    </div>
  );
}

function Row({ label, hint, children }: { label: string; hint: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 border-line border-b py-2">
      <div className="min-w-64 flex-1">
        <div>{label}</div>
        <div className="text-ink-3 text-xs">{hint}</div>
      </div>
      {children}
    </div>
  );
}
