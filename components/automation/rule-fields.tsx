"use client";
import { FacetFilter } from "@/components/tables/facet-filter";
import { Button } from "@/components/ui/button";
import { Field, Input, Textarea } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { SEVERITY_WORD } from "@/components/ui/severity";
import type { RuleSays } from "@/core/exceptions/automation";
import { EXCEPTION_KINDS, EXCEPTION_SPECS, SEVERITIES } from "@/core/exceptions/kinds";
import type { Listed } from "./rows";

const ACTS = [
  { value: "acknowledge", label: "Acknowledge it" },
  { value: "assign", label: "Give it to somebody" },
  { value: "snooze", label: "Snooze it" },
  { value: "resolve", label: "Resolve it" },
  { value: "comment", label: "Comment" },
  { value: "replay", label: "Read its message again" },
] as const satisfies readonly { value: RuleSays["does"]["act"]; label: string }[];

const UNITS = [
  { value: "1", label: "minutes" },
  { value: "60", label: "hours" },
  { value: "1440", label: "days" },
] as const;

type Change = { says: RuleSays; onChange: (says: RuleSays) => void; listed: Listed };

/** The parts of a rule: when, given, then. */
export function RuleFields({ says, onChange, listed, cause }: Change & { cause: string | null }) {
  return (
    <div className="flex flex-col gap-4">
      <When says={says} onChange={onChange} listed={listed} cause={cause} />
      <Given says={says} onChange={onChange} listed={listed} />
      <Then says={says} onChange={onChange} listed={listed} />
    </div>
  );
}

function When({ says, onChange, listed, cause }: Change & { cause: string | null }) {
  const { when } = says;
  const set = (over: Partial<RuleSays["when"]>) => onChange({ ...says, when: { ...when, ...over } });
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 font-medium text-sm">When</legend>
      <div className="flex flex-wrap gap-2">
        <FacetFilter
          label="Kind"
          value={when.kind}
          onChange={(kind) => set({ kind })}
          choices={EXCEPTION_KINDS.map((value) => ({
            value,
            words: EXCEPTION_SPECS[value].label,
            label: EXCEPTION_SPECS[value].label,
          }))}
        />
        <FacetFilter
          label="Severity"
          value={when.severity}
          onChange={(severity) => set({ severity })}
          choices={SEVERITIES.map((value) => ({ value, words: SEVERITY_WORD[value], label: SEVERITY_WORD[value] }))}
        />
        <FacetFilter
          label="Feed"
          value={when.feed.map(String)}
          onChange={(feed) => set({ feed: feed.map(Number) })}
          choices={listed.feeds.map((feed) => ({ value: String(feed.id), words: feed.name, label: feed.name }))}
        />
      </div>
      <Field label="Carriers, several by commas" hint="Empty: any carrier">
        {(control) => (
          <Input
            {...control}
            defaultValue={when.carrier.join(", ")}
            onChange={(event) =>
              set({
                carrier: event.target.value
                  .split(",")
                  .map((one) => one.trim())
                  .filter(Boolean)
                  .slice(0, 50),
              })
            }
          />
        )}
      </Field>
      {when.group === null ? null : (
        <p className="flex flex-wrap items-center gap-2 text-ink-2 text-sm">
          <span className="min-w-0">Only of the cause “{cause ?? "that is not known any more"}”</span>
          <Button size="sm" onClick={() => set({ group: null })}>
            Any cause
          </Button>
        </p>
      )}
    </fieldset>
  );
}

function Given({ says, onChange, listed }: Change) {
  const { given } = says;
  const set = (over: Partial<RuleSays["given"]>) => onChange({ ...says, given: { ...given, ...over } });
  const minutes = given.olderThanMinutes;
  const unit = minutes > 0 && minutes % 1440 === 0 ? "1440" : minutes > 0 && minutes % 60 === 0 ? "60" : "1";
  const age = (count: number, of: string) =>
    set({ olderThanMinutes: Math.max(0, Math.min(129_600, Math.floor(count) * Number(of))) });
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 font-medium text-sm">Given</legend>
      <div className="grid grid-cols-2 gap-2">
        <Field label="Older than">
          {(control) => (
            <span className="flex gap-1">
              <Input
                {...control}
                type="number"
                min={0}
                value={minutes / Number(unit)}
                onChange={(event) => age(Number(event.target.value) || 0, unit)}
              />
              <Select
                aria-label="Unit of the age"
                className="w-28"
                value={unit}
                onChange={(of) => age(minutes / Number(unit), of)}
                choices={UNITS}
              />
            </span>
          )}
        </Field>
        <Field label="State">
          {(control) => (
            <Select
              {...control}
              value={given.state.length === 1 ? (given.state[0] ?? "both") : "both"}
              onChange={(state) => set({ state: state === "both" ? [] : [state] })}
              choices={[
                { value: "both", label: "Open or acknowledged" },
                { value: "open", label: "Still open" },
                { value: "acknowledged", label: "Acknowledged" },
              ]}
            />
          )}
        </Field>
        <Field label="Owner">
          {(control) => (
            <Select
              {...control}
              value={given.owner}
              onChange={(owner) => set({ owner })}
              choices={[
                { value: "anybody", label: "Anybody" },
                { value: "nobody", label: "Nobody" },
                ...listed.people.map((person) => ({ value: person.id, label: person.name })),
              ]}
            />
          )}
        </Field>
        <Field label="Says" hint="Words in its text, case does not matter">
          {(control) => (
            <Input
              {...control}
              maxLength={200}
              value={given.says}
              onChange={(event) => set({ says: event.target.value })}
            />
          )}
        </Field>
      </div>
    </fieldset>
  );
}

function Then({ says, onChange, listed }: Change) {
  const { does } = says;
  const set = (next: RuleSays["does"]) => onChange({ ...says, does: next });
  const choose = (act: RuleSays["does"]["act"]) => {
    if (act === "assign") set({ act, assigneeId: listed.people[0]?.id ?? "" });
    else if (act === "snooze") set({ act, hours: 24 });
    else if (act === "resolve") set({ act, reason: "" });
    else if (act === "comment") set({ act, text: "" });
    else set({ act });
  };
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 font-medium text-sm">Then</legend>
      <Select aria-label="What it does" value={does.act} onChange={choose} choices={ACTS} />
      {does.act === "assign" ? (
        <Select
          aria-label="To whom"
          value={does.assigneeId}
          onChange={(assigneeId) => set({ act: "assign", assigneeId })}
          choices={listed.people.map((person) => ({ value: person.id, label: person.name }))}
        />
      ) : null}
      {does.act === "snooze" ? (
        <Field label="Hours">
          {(control) => (
            <Input
              {...control}
              type="number"
              min={1}
              max={2160}
              value={does.hours}
              onChange={(event) => set({ act: "snooze", hours: Math.floor(Number(event.target.value)) || 1 })}
            />
          )}
        </Field>
      ) : null}
      {does.act === "resolve" ? (
        <Field label="Reason" hint="Three letters at least; it stands in the history">
          {(control) => (
            <Input
              {...control}
              maxLength={1000}
              value={does.reason}
              onChange={(event) => set({ act: "resolve", reason: event.target.value })}
            />
          )}
        </Field>
      ) : null}
      {does.act === "comment" ? (
        <Field label="Text">
          {(control) => (
            <Textarea
              {...control}
              maxLength={4000}
              value={does.text}
              onChange={(event) => set({ act: "comment", text: event.target.value })}
            />
          )}
        </Field>
      ) : null}
    </fieldset>
  );
}
