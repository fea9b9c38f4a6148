"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Fragment, useState } from "react";
import { POSTING_KIND_WORD } from "@/components/postings/words";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/input";
import { formatCount } from "@/components/ui/number";
import { Select } from "@/components/ui/select";
import { toast } from "@/components/ui/toaster";
import { isSameAddress } from "@/core/odoo/same-database";
import { type DegradedRuleName, degradedRuleInput } from "@/core/postings/degraded";
import { POSTING_KINDS, type PostingKind } from "@/core/postings/kinds";

type Reached = { id: number; name: string; url: string; database: string };
type About =
  | {
      connection: Reached;
      others: Reached[];
    }
  | { feed: { id: number; name: string } };

const WAYS: Readonly<Record<"connection" | "feed", Readonly<Record<DegradedRuleName, [label: string, hint: string]>>>> =
  {
    connection: {
      queue: ["Queue", "The kinds chosen wait until the rule is lifted. Nothing is lost."],
      reroute: ["Reroute", "They go by another connection to the same database, or somebody does them by hand."],
      skip: [
        "Go on without",
        "They are held and not missed; when the rule is lifted they are left, unless you say otherwise.",
      ],
    },
    feed: {
      queue: [
        "Wait for it",
        "Shipments of its carriers that fall silent or late raise nothing until the rule is lifted; what comes late is taken as always.",
      ],
      reroute: [
        "Ask another way",
        "As waiting, and a person is told each minute which shipments fell silent or late, to ask by telephone or portal.",
      ],
      skip: ["Go on without", "Only its silence is kept quiet; shipments are judged by what the other sources say."],
    },
  };

/** A button that opens the choice of what to do while a connection or a feed is down. */
export function DegradedButton({ about }: { about: About }) {
  const may = useMay("degraded:manage");
  const [open, setOpen] = useState(false);
  if (!may) return null;
  return (
    <>
      <Button title="Choose what to do while it is down" onClick={() => setOpen(true)}>
        It is down
      </Button>
      {open ? <StartDialog about={about} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function StartDialog({ about, onClose }: { about: About; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const connection = "connection" in about ? about.connection : null;
  const name = "connection" in about ? about.connection.name : about.feed.name;
  const others = "connection" in about ? about.others.filter((one) => one.database === about.connection.database) : [];
  const people = useQuery(trpc.access.colleagues.queryOptions());
  const [rule, setRule] = useState<DegradedRuleName>("queue");
  const [kinds, setKinds] = useState<readonly PostingKind[]>(POSTING_KINDS);
  const [to, setTo] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const ways = WAYS[connection ? "connection" : "feed"];
  const via = to?.startsWith("via ") ? Number(to.slice(4)) : null;
  const personId = rule === "reroute" && to !== null && via === null ? to : null;
  const [sameDatabase, setSameDatabase] = useState(false);
  const other = others.find((one) => one.id === via);
  const parsed = degradedRuleInput.safeParse(
    connection
      ? {
          connectionId: connection.id,
          rule,
          kinds,
          viaConnectionId: rule === "reroute" ? via : null,
          personId,
          sameDatabase,
          reason,
        }
      : { feedId: "feed" in about ? about.feed.id : 0, rule, personId, reason },
  );
  const start = useMutation(
    trpc.degraded.start.mutationOptions({
      onSuccess: ({ held }) => {
        toast.success(held > 0 ? `In force: ${formatCount(held)} postings wait` : "In force");
        void queries.invalidateQueries(trpc.degraded.list.queryFilter());
        void queries.invalidateQueries(trpc.odoo.list.queryFilter());
        onClose();
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`While ${name} is down`}
      description="The rule stands on every screen until somebody lifts it."
      className="max-w-[560px]"
      footer={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            variant="primary"
            disabled={!parsed.success}
            busy={start.isPending}
            onClick={() => parsed.success && start.mutate(parsed.data)}
          >
            Put in force
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label="What to do" hint={ways[rule][1]}>
          {(control) => (
            <Select
              {...control}
              value={rule}
              onChange={setRule}
              choices={(Object.keys(ways) as DegradedRuleName[]).map((value) => ({ value, label: ways[value][0] }))}
            />
          )}
        </Field>
        {rule === "reroute" ? (
          <Field
            label={connection ? "By" : "Who asks"}
            hint={
              connection
                ? "The person gets a list of what is to be done in Odoo by hand, in the app and by mail."
                : "The person is told now, in the app and by mail, and again when it is lifted."
            }
          >
            {(control) => (
              <Select
                {...control}
                value={to}
                onChange={(next) => {
                  setTo(next);
                  setSameDatabase(false);
                }}
                placeholder="Choose"
                choices={[
                  ...others.map((one) => ({ value: `via ${one.id}`, label: `connection ${one.name}` })),
                  ...(people.data ?? []).map((person) => ({ value: person.id, label: person.name })),
                ]}
              />
            )}
          </Field>
        ) : null}
        {rule === "reroute" && connection && other && !isSameAddress(connection.url, other.url) ? (
          <div className="flex flex-col gap-1 rounded-md border border-line bg-sunken px-3 py-2">
            <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3">
              {[connection, other].map((one) => (
                <Fragment key={one.id}>
                  <dt className="text-ink-3">{one.name}</dt>
                  <dd className="break-all">
                    {one.database} at {one.url}
                  </dd>
                </Fragment>
              ))}
            </dl>
            {/* biome-ignore lint/a11y/noLabelWithoutControl: the checkbox is a button inside of its label */}
            <label className="flex min-h-6 items-start gap-2">
              <Checkbox checked={sameDatabase} onCheckedChange={(on) => setSameDatabase(on === true)} />
              <span>
                Both are one database. Needed where neither tells Waypost what it calls itself; where they tell, that
                decides.
              </span>
            </label>
          </div>
        ) : null}
        {connection ? (
          <fieldset className="flex flex-col gap-1">
            <legend className="mb-1 font-medium text-ink-2 text-xs">Postings</legend>
            <div className="grid gap-1 sm:grid-cols-2">
              {POSTING_KINDS.map((kind) => (
                // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox is a button inside of its label
                <label key={kind} className="flex min-h-6 items-center gap-2">
                  <Checkbox
                    checked={kinds.includes(kind)}
                    onCheckedChange={(on) =>
                      setKinds(on === true ? [...kinds, kind] : kinds.filter((one) => one !== kind))
                    }
                  />
                  {POSTING_KIND_WORD[kind]}
                </label>
              ))}
            </div>
          </fieldset>
        ) : null}
        <Field label="Why" hint="Others read it in the banner">
          {(control) => <Input {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
      </div>
    </Dialog>
  );
}
