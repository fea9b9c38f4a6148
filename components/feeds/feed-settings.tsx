"use client";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { toast } from "@/components/ui/toaster";
import type { VerifyScheme } from "@/core/feeds/feed";
import { feedChangeInput } from "@/core/feeds/feed-input";
import { hmacFieldsOf, VerifyFields, verifySettingsOf, ZoneField } from "./feed-fields";
import type { FeedDetail, Layout, Mapping } from "./rows";
import type { SampleFile } from "./sample-file";
import { Trial } from "./trial";

const number = (text: string) => (text.trim() === "" ? null : Number(text));

/** Settings of a feed. Another zone or column mapping is a new version; the past stays as it was read until it is replayed. */
export function FeedSettings({ detail, onChanged }: { detail: FeedDetail; onChanged: () => void }) {
  const trpc = useTRPC();
  const { feed } = detail;
  const mayManage = useMay("feeds:manage");
  const [name, setName] = useState(feed.name);
  const [owner, setOwner] = useState(feed.owner ?? "");
  const [zone, setZone] = useState(feed.zone ?? "");
  const [skew, setSkew] = useState(feed.skewMinutes === null ? "" : String(feed.skewMinutes));
  const [silence, setSilence] = useState(feed.silenceMinutes === null ? "" : String(feed.silenceMinutes));
  const [rate, setRate] = useState(String(feed.ratePerSecond));
  const [burst, setBurst] = useState(String(feed.rateBurst));
  const [maxKb, setMaxKb] = useState(String(Math.round(feed.maxBytes / 1024)));
  const [urgency, setUrgency] = useState(String(feed.urgency));
  const [verify, setVerify] = useState<VerifyScheme>(feed.verify);
  const [hmac, setHmac] = useState(hmacFieldsOf(feed.verifySettings));
  const [keyHeader, setKeyHeader] = useState(headerOf(feed.verifySettings));
  const [mapping, setMapping] = useState<Mapping | null>(storedMapping(feed.settings));
  const [sample, setSample] = useState<SampleFile | null>(null);
  const [layout, setLayout] = useState<Layout | null>(null);
  const [note, setNote] = useState("");

  const settings = feed.adapter === "csv" ? { mapping } : feed.settings;
  const verifySettings =
    verify === feed.verify && (verify === "easypost" || verify === "standard_webhooks" || verify === "none")
      ? feed.verifySettings
      : verifySettingsOf(verify, hmac, keyHeader);
  const parsed = feedChangeInput.safeParse({
    id: feed.id,
    seen: feed.updatedAt,
    note,
    name,
    verify,
    verifySettings,
    settings,
    zone: zone.trim() === "" ? null : zone.trim(),
    skewMinutes: number(skew),
    silenceMinutes: number(silence),
    ratePerSecond: Number(rate),
    rateBurst: Number(burst),
    // what was not touched keeps its very bytes
    maxBytes: maxKb === String(Math.round(feed.maxBytes / 1024)) ? feed.maxBytes : Number(maxKb) * 1024,
    urgency: Number(urgency),
    folder: feed.folder,
    owner: owner.trim() === "" ? null : owner.trim(),
  });
  const problem = (field: string) =>
    parsed.success ? null : (parsed.error.issues.find((issue) => issue.path[0] === field)?.message ?? null);
  const newReading =
    (zone.trim() === "" ? null : zone.trim()) !== feed.zone ||
    JSON.stringify(mapping) !== JSON.stringify(storedMapping(feed.settings));
  const update = useMutation(
    trpc.feeds.update.mutationOptions({
      onSuccess: (done) => {
        toast.success(
          done.newReading
            ? `Saved as mapping version ${done.mappingVersion}. Messages from now on are read by it; replay the past ones if they should be, too`
            : "Saved",
        );
        onChanged();
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  const text = (label: string, value: string, set: (value: string) => void, field: string, hint?: ReactNode) => (
    <Field label={label} hint={hint} error={problem(field)}>
      {(control) => (
        <Input {...control} disabled={!mayManage} value={value} onChange={(event) => set(event.target.value)} />
      )}
    </Field>
  );
  return (
    <form
      className="flex max-w-[980px] flex-col"
      onSubmit={(event) => {
        event.preventDefault();
        if (parsed.success) update.mutate(parsed.data as never);
      }}
    >
      <Part title="Who and what">
        <div className="grid gap-3 sm:grid-cols-3">
          {text("Name", name, setName, "name")}
          {text("Owner", owner, setOwner, "owner", "Person or team to ask about it")}
          <ZoneField value={zone} onChange={setZone} error={problem("zone")} />
        </div>
      </Part>
      <Part title="Rhythm and order">
        <div className="grid gap-3 sm:grid-cols-3">
          {text("Silent after (minutes)", silence, setSilence, "silenceMinutes", "Empty: told from its own rhythm")}
          {text(
            "Clock skew after the end (minutes)",
            skew,
            setSkew,
            "skewMinutes",
            "Movement so shortly after delivered counts as before it. Empty: the default",
          )}
          <Field label="Its messages are" error={problem("urgency")}>
            {(control) => (
              <Select
                {...control}
                disabled={!mayManage}
                value={urgency}
                onChange={setUrgency}
                choices={[
                  { value: "0", label: "urgent: read before others" },
                  { value: "1", label: "normal" },
                  { value: "2", label: "a batch that may wait" },
                ]}
              />
            )}
          </Field>
        </div>
      </Part>
      {feed.wayIn === "push" ? (
        <Part title="At the door">
          <div className="mb-3 grid gap-3 sm:grid-cols-3">
            {text("Messages a second", rate, setRate, "ratePerSecond", "Beyond it: 429 with Retry-After")}
            {text("At once, at most", burst, setBurst, "rateBurst")}
            {text("Largest message (KiB)", maxKb, setMaxKb, "maxBytes", "Beyond it: 413")}
          </div>
          <VerifyFields
            scheme={verify}
            onScheme={setVerify}
            fields={hmac}
            onFields={setHmac}
            keyHeader={keyHeader}
            onKeyHeader={setKeyHeader}
          />
        </Part>
      ) : null}
      {feed.adapter === "csv" ? (
        <Part title="Columns">
          {mapping === null ? (
            <p className="mb-2 text-ink-2">
              No mapping is saved: each file is read by what its header suggests, where nothing is doubtful.
            </p>
          ) : null}
          <Trial
            adapter="csv"
            feedId={feed.id}
            sample={sample}
            onSample={setSample}
            zone={zone.trim() === "" ? null : zone.trim()}
            mapping={mapping}
            layout={layout}
            onLayout={(found) => {
              setLayout(found);
              if (mapping === null && found?.suggestedMapping.mapping) setMapping(found.suggestedMapping.mapping);
            }}
            onMapping={setMapping}
          />
          {sample === null && mapping !== null ? (
            <p className="mt-2 text-ink-3">
              {mapping.columns.length} columns are mapped: {mapping.columns.map((one) => one.column).join(", ")}. Choose
              a sample to see and change them.
            </p>
          ) : null}
        </Part>
      ) : null}
      {mayManage ? (
        <footer className="flex flex-wrap items-end gap-3 px-4 py-4">
          {newReading ? (
            <Field label="Why (kept with the version)" className="w-80 max-w-full">
              {(control) => (
                <Input {...control} maxLength={300} value={note} onChange={(event) => setNote(event.target.value)} />
              )}
            </Field>
          ) : null}
          <Button type="submit" variant="primary" busy={update.isPending} disabled={!parsed.success}>
            {newReading ? `Save as mapping version ${feed.mappingVersion + 1}` : "Save"}
          </Button>
          {parsed.success ? null : <span className="text-broken">{parsed.error.issues[0]?.message}</span>}
        </footer>
      ) : (
        <p className="px-4 py-4 text-ink-3">Changing it needs the right feeds:manage.</p>
      )}
    </form>
  );
}

function headerOf(settings: unknown): string {
  const header =
    typeof settings === "object" && settings !== null ? (settings as Record<string, unknown>).header : null;
  return typeof header === "string" ? header : "authorization";
}

function storedMapping(settings: unknown): Mapping | null {
  const mapping =
    typeof settings === "object" && settings !== null ? (settings as Record<string, unknown>).mapping : null;
  return typeof mapping === "object" && mapping !== null && "columns" in mapping
    ? { rows: "shipment", ...(mapping as Omit<Mapping, "rows">) }
    : null;
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="border-line border-b px-4 py-4">
      <h2 className="mb-2 font-semibold text-base">{title}</h2>
      {children}
    </section>
  );
}
