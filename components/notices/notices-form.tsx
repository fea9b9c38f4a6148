"use client";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTRPC } from "@/components/providers";
import { SaveBar } from "@/components/settings/save-bar";
import { useSetting } from "@/components/settings/use-setting";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { Switch } from "@/components/ui/switch";
import { Segments } from "@/components/ui/tabs";
import { OCCASIONS, type Occasion } from "@/core/notices/occasions";
import { compose } from "@/core/notices/template";
import { OCCASION_WORD } from "@/core/notices/words";
import { NoticePreview } from "./notice-preview";
import { NoticeWording } from "./notice-wording";
import type { NoticesStanding } from "./notices-screen";

const LIST = new Intl.ListFormat("en", { type: "disjunction" });

/** The switch, when to keep still, and the wording of each occasion with what it looks like. */
export function NoticesForm({ standing }: { standing: NoticesStanding }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { draft, setDraft, save, ...bar } = useSetting(
    "notices",
    standing.settings,
    () => void queries.invalidateQueries(trpc.notices.read.queryFilter()),
  );
  const [occasion, setOccasion] = useState<Occasion>("dispatched");
  const [asking, setAsking] = useState(false);
  const set = (over: Partial<typeof draft>) => setDraft({ ...draft, ...over });
  const begins = draft.enabled && !standing.settings.enabled;
  const values = { ...standing.example.values, company: draft.company };
  const told = OCCASIONS.filter((one) => draft.occasions[one].on);
  const clock = (label: string, name: "from" | "to") => (
    <Input
      type="time"
      aria-label={label}
      disabled={!draft.quiet.on}
      value={draft.quiet[name]}
      onChange={(event) => set({ quiet: { ...draft.quiet, [name]: event.target.value } })}
      className="w-28"
    />
  );
  return (
    <div className="max-w-5xl">
      <Row
        label="Tell customers"
        hint="Each occasion once, from the moment it is switched on. What happened before, and history that is read in, is never told."
      >
        <Switch aria-label="Tell customers" checked={draft.enabled} onCheckedChange={(enabled) => set({ enabled })} />
      </Row>
      <Row label="Your company" hint="As customers know it: {{company}} in the texts.">
        <Input
          aria-label="Your company"
          maxLength={100}
          value={draft.company}
          onChange={(event) => set({ company: event.target.value })}
          className="w-56"
        />
      </Row>
      <Row label="Time zone" hint="Of the quiet hours, and of the times in the texts.">
        <Input
          aria-label="Time zone"
          value={draft.zone}
          placeholder="Europe/Berlin"
          onChange={(event) => set({ zone: event.target.value })}
          className="w-48"
        />
      </Row>
      <Row label="Quiet hours" hint="What comes then waits until they end, unless a later step comes first.">
        <span className="flex flex-wrap items-center gap-2">
          <Switch
            aria-label="Quiet hours"
            checked={draft.quiet.on}
            onCheckedChange={(on) => set({ quiet: { ...draft.quiet, on } })}
          />
          {clock("Quiet from", "from")} to {clock("Quiet to", "to")}
        </span>
      </Row>
      <Row label="Never tell what is older than" hint="A message that could not be sent by then is given up.">
        <span className="flex items-center gap-2">
          <Input
            type="number"
            aria-label="Hours of the oldest event"
            min={1}
            max={168}
            value={Number.isNaN(draft.maxAgeHours) ? "" : draft.maxAgeHours}
            onChange={(event) => set({ maxAgeHours: event.target.valueAsNumber })}
            className="w-20 text-right"
          />
          <span className="text-ink-3 text-xs">hours</span>
        </span>
      </Row>
      <section aria-label="Occasions" className="mt-4 flex flex-col gap-3">
        <div className="overflow-x-auto whitespace-nowrap">
          <Segments
            label="Occasion"
            value={occasion}
            onChange={setOccasion}
            choices={OCCASIONS.map((value) => ({ value, label: OCCASION_WORD[value] }))}
          />
        </div>
        <div className="grid gap-x-8 gap-y-4 lg:grid-cols-2">
          <NoticeWording
            occasion={occasion}
            words={draft.occasions[occasion]}
            onChange={(words) => set({ occasions: { ...draft.occasions, [occasion]: words } })}
          />
          <NoticePreview
            words={draft.occasions[occasion]}
            company={draft.company}
            zone={draft.zone}
            values={values}
            shipment={standing.example.shipment}
            from={standing.from}
          />
        </div>
      </section>
      <SaveBar {...bar} save={() => (begins ? setAsking(true) : save())} />
      {asking ? (
        <Dialog
          open
          onOpenChange={setAsking}
          title="Tell customers from now on?"
          description={`Every customer whose shipment is ${LIST.format(told.map((one) => OCCASION_WORD[one].toLowerCase())) || "…"} gets one e-mail for each. A message that was sent cannot be taken back.`}
          footer={
            <>
              <Button onClick={() => setAsking(false)}>Leave it off</Button>
              <Button
                variant="primary"
                onClick={() => {
                  setAsking(false);
                  save();
                }}
              >
                Switch on
              </Button>
            </>
          }
        >
          <ul aria-label="Subjects" className="flex flex-col gap-1 text-ink-2">
            {told.map((one) => (
              <li key={one}>
                {OCCASION_WORD[one]}: <q>{compose(draft.occasions[one], values).subject}</q>
              </li>
            ))}
          </ul>
        </Dialog>
      ) : null}
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
