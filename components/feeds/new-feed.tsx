"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import { useTRPC } from "@/components/providers";
import { CLASS_WORD } from "@/components/shipments/words";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { Field, Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { SkeletonLines } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toaster";
import { FEED_CLASSES, type FeedClass, type VerifyScheme } from "@/core/feeds/feed";
import { newFeedInput } from "@/core/feeds/feed-input";
import { mappingGaps } from "./csv-targets";
import { HMAC_BLANK, VerifyFields, verifySettingsOf, ZoneField } from "./feed-fields";
import type { Layout, Mapping } from "./rows";
import type { SampleFile } from "./sample-file";
import { SampleSender } from "./sample-sender";
import { SecretOnce } from "./secret-once";
import { Trial } from "./trial";
import { ADAPTER_USUAL, slugOf, WAY_WORD } from "./words";

type Adapter = keyof typeof ADAPTER_USUAL;
type Made = {
  id: number;
  slug: string;
  url: string | null;
  secret: string | null;
  wayIn: "push" | "file";
  folder: string;
};

/** From an outside system to a feed: what it speaks, how it comes in, how it proves itself, and for files what the columns mean. */
export function NewFeed() {
  const trpc = useTRPC();
  const catalogue = useQuery(trpc.feeds.catalogue.queryOptions());
  const [made, setMade] = useState<Made | null>(null);
  if (made) return <Done made={made} />;
  return (
    <div className="min-h-0 flex-1 overflow-y-auto bg-surface">
      <header className="border-line border-b px-4 pt-3 pb-3">
        <Link href="/feeds" className="inline-flex items-center gap-1 text-ink-3 text-xs hover:text-ink">
          <ArrowLeft className="size-3" aria-hidden />
          Feeds
        </Link>
        <h1 className="font-semibold text-xl tracking-tight">New feed</h1>
      </header>
      {catalogue.error ? <p className="p-4 text-broken">{catalogue.error.message}</p> : null}
      {catalogue.data ? (
        <Form
          entries={catalogue.data.flatMap((entry) =>
            entry.adapter === "odoo" ? [] : [{ ...entry, adapter: entry.adapter as Adapter }],
          )}
          onMade={setMade}
        />
      ) : (
        <div className="p-4">
          <SkeletonLines lines={6} />
        </div>
      )}
    </div>
  );
}

function Form({
  entries,
  onMade,
}: {
  entries: { adapter: Adapter; label: string; packs: { kind: string; words: number }[] }[];
  onMade: (made: Made) => void;
}) {
  const trpc = useTRPC();
  const [adapter, setAdapter] = useState<Adapter>(entries[0]?.adapter ?? "easypost");
  const usual = ADAPTER_USUAL[adapter];
  const [feedClass, setClass] = useState<Exclude<FeedClass, "odoo">>(usual.class);
  const [wayIn, setWayIn] = useState<"push" | "file">(usual.wayIn);
  const [verify, setVerify] = useState<VerifyScheme>(usual.verify);
  const [name, setName] = useState("");
  const [slug, setSlug] = useState<string | null>(null);
  const [zone, setZone] = useState("");
  const [hmac, setHmac] = useState(HMAC_BLANK);
  const [keyHeader, setKeyHeader] = useState("authorization");
  const [ownSecret, setOwnSecret] = useState("");
  const [sample, setSample] = useState<SampleFile | null>(null);
  const [layout, setLayout] = useState<Layout | null>(null);
  const [mapping, setMapping] = useState<Mapping | null>(null);
  const [tried, setTried] = useState(false);

  const choose = (next: Adapter) => {
    const known = ADAPTER_USUAL[next];
    setAdapter(next);
    setClass(known.class);
    setWayIn(known.wayIn);
    setVerify(known.verify);
    setSample(null);
    setLayout(null);
    setMapping(null);
  };
  const way = (next: "push" | "file") => {
    setWayIn(next);
    setVerify(next === "file" ? "none" : usual.verify === "none" ? "api_key" : usual.verify);
  };
  const settings = adapter === "csv" && mapping ? { mapping } : {};
  const wanted = {
    name,
    slug: slug ?? slugOf(name),
    adapter,
    class: feedClass,
    wayIn,
    verify,
    verifySettings: verifySettingsOf(verify, hmac, keyHeader),
    settings,
    zone: zone.trim() === "" ? null : zone.trim(),
    secret: ownSecret.trim() === "" ? null : ownSecret.trim(),
  };
  const parsed = newFeedInput.safeParse(wanted);
  const problem = (field: string) =>
    tried && !parsed.success ? (parsed.error.issues.find((issue) => issue.path[0] === field)?.message ?? null) : null;
  const gaps = adapter === "csv" && mapping ? mappingGaps(mapping, layout?.header ?? []) : [];

  const create = useMutation(
    trpc.feeds.create.mutationOptions({
      onSuccess: (done) => onMade({ ...done, wayIn, folder: done.slug }),
      onError: (error) => toast.error(error.message),
    }),
  );
  const submit = () => {
    setTried(true);
    if (parsed.success) create.mutate(parsed.data as never);
  };

  return (
    <form
      className="flex max-w-[980px] flex-col"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Step title="What it speaks">
        <div role="radiogroup" aria-label="Adapter" className="grid gap-2 sm:grid-cols-3">
          {entries.map((entry) => (
            // biome-ignore lint/a11y/useSemanticElements: a card that is chosen; its words do not fit beside a radio button
            <button
              key={entry.adapter}
              type="button"
              role="radio"
              aria-checked={entry.adapter === adapter}
              onClick={() => choose(entry.adapter)}
              className={cn(
                "flex flex-col gap-1 rounded-md border p-3 text-left hover:bg-sunken",
                entry.adapter === adapter ? "border-accent bg-selected" : "border-line",
              )}
            >
              <span className="font-medium">{entry.label}</span>
              <span className="text-ink-2">{ADAPTER_USUAL[entry.adapter]?.about}</span>
              <span className="text-ink-3 text-xs">
                {entry.packs.reduce((sum, pack) => sum + pack.words, 0)} words mapped from the start
              </span>
            </button>
          ))}
        </div>
      </Step>
      <Step title="Which system it is">
        <div className="grid gap-3 sm:grid-cols-3">
          <Field label="Name" error={problem("name")} hint="What people call it">
            {(control) => (
              <Input
                {...control}
                autoFocus
                value={name}
                maxLength={80}
                onChange={(event) => setName(event.target.value)}
                placeholder="Warehouse Brno"
              />
            )}
          </Field>
          <Field label="Address name" error={problem("slug")} hint="In its URL or folder; it does not change later">
            {(control) => (
              <Input
                {...control}
                value={slug ?? slugOf(name)}
                maxLength={62}
                onChange={(event) => setSlug(event.target.value)}
                className="font-mono text-[12px]"
              />
            )}
          </Field>
          <Field label="Class of system" hint="Decides which fields it owns">
            {(control) => (
              <Select
                {...control}
                value={feedClass}
                onChange={setClass}
                choices={FEED_CLASSES.filter((one): one is Exclude<FeedClass, "odoo"> => one !== "odoo").map(
                  (value) => ({ value, label: CLASS_WORD[value] }),
                )}
              />
            )}
          </Field>
        </div>
      </Step>
      <Step title="How it comes in">
        <div className="grid gap-3 sm:grid-cols-3">
          <Field
            label="Way in"
            hint={
              wayIn === "push"
                ? "The sender posts each message to an address of its own"
                : "Files are dropped into a watched folder; a file seen before is skipped"
            }
          >
            {(control) => (
              <Select
                {...control}
                value={wayIn}
                onChange={way}
                choices={(["push", "file"] as const).map((value) => ({ value, label: WAY_WORD[value] }))}
              />
            )}
          </Field>
          <ZoneField value={zone} onChange={setZone} error={problem("zone")} />
        </div>
        {wayIn === "push" ? (
          <div className="mt-3 flex flex-col gap-3">
            <VerifyFields
              scheme={verify}
              onScheme={setVerify}
              fields={hmac}
              onFields={setHmac}
              keyHeader={keyHeader}
              onKeyHeader={setKeyHeader}
            />
            <Field
              label="Secret"
              error={problem("secret")}
              hint="Empty: a new one is made and shown once. Give the sender's own where it has chosen one"
            >
              {(control) => (
                <Input
                  {...control}
                  type="password"
                  autoComplete="new-password"
                  value={ownSecret}
                  onChange={(event) => setOwnSecret(event.target.value)}
                  className="w-96 max-w-full"
                />
              )}
            </Field>
          </div>
        ) : null}
      </Step>
      <Step title={adapter === "csv" ? "What its columns mean" : "Try it on an example"}>
        <Trial
          adapter={adapter}
          sample={sample}
          onSample={setSample}
          zone={wanted.zone}
          mapping={mapping}
          layout={layout}
          onLayout={(found) => {
            setLayout(found);
            if (found?.suggestedMapping.mapping) setMapping(found.suggestedMapping.mapping);
            else if (found)
              setMapping({
                rows: "shipment",
                encoding: null,
                delimiter: found.delimiter,
                decimal: found.decimal ?? ".",
                empty: ["", "-", "N/A", "NULL"],
                columns: [],
              });
          }}
          onMapping={setMapping}
        />
      </Step>
      <footer className="flex flex-wrap items-center gap-3 px-4 py-4">
        <Button type="submit" variant="primary" size="lg" busy={create.isPending} disabled={gaps.length > 0}>
          Make the feed
        </Button>
        {tried && !parsed.success ? <span className="text-broken">{parsed.error.issues[0]?.message}</span> : null}
        {adapter === "csv" && mapping === null ? (
          <span className="text-ink-3">
            Without a mapping, a file is read by what its header suggests, where nothing about it is doubtful.
          </span>
        ) : null}
      </footer>
    </form>
  );
}

function Step({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="border-line border-b px-4 py-4">
      <h2 className="mb-2 font-semibold text-base">{title}</h2>
      {children}
    </section>
  );
}

/** The feed stands: its address and secret, shown once, and the first sample through the door. */
function Done({ made }: { made: Made }) {
  return (
    <div className="min-h-0 flex-1 overflow-y-auto bg-surface">
      <header className="border-line border-b px-4 pt-4 pb-3">
        <h1 className="font-semibold text-xl tracking-tight">The feed is there</h1>
      </header>
      <div className="flex max-w-[860px] flex-col gap-4 p-4">
        {made.secret ? <SecretOnce url={made.url} secret={made.secret} /> : null}
        {made.wayIn === "file" ? (
          <p>
            Drop files into the folder <code className="font-mono text-[12px]">folders/{made.folder}</code> of the data
            folder. A file is taken once it has settled and then stands in{" "}
            <code className="font-mono text-[12px]">done</code>, or in{" "}
            <code className="font-mono text-[12px]">refused</code> with the reason beside it.
          </p>
        ) : (
          <SampleSender feedId={made.id} wayIn={made.wayIn} />
        )}
        <div>
          <Button variant="primary" asChild>
            <Link href={`/feeds/${made.slug}`}>Open the feed</Link>
          </Button>
        </div>
      </div>
    </div>
  );
}
