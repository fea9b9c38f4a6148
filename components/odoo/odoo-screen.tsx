"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { parseAsInteger, useQueryState } from "nuqs";
import { type ReactNode, useState } from "react";
import { DegradedButton } from "@/components/degraded/start-dialog";
import { useTRPC } from "@/components/providers";
import { useLive } from "@/components/shell/live";
import { PageHeader } from "@/components/shell/page-header";
import { useMay } from "@/components/shell/viewer";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { formatCount, formatDuration } from "@/components/ui/number";
import { Fact, Facts } from "@/components/ui/side-panel";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time, useNow } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import { ClassTable } from "./class-table";
import { ConnectionForm } from "./connection-form";
import { FailureBudget } from "./failure-budget";
import { Hints } from "./hints";
import { HistoryProgress } from "./history";
import { KindSwitches } from "./kind-switches";
import { Policy } from "./policy";
import type { Connection } from "./rows";
import { connectionLook } from "./state";
import { StatusFieldSetUp } from "./status-field-setup";
import { storedReport, TestReport } from "./test-report";
import { Timings } from "./timings";

export function OdooScreen() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const list = useQuery({ ...trpc.odoo.list.queryOptions(), refetchInterval: 15_000 });
  useLive(["odoo", "postings"], () => void queries.invalidateQueries(trpc.odoo.list.queryFilter()), 3_000);
  const mayManage = useMay("odoo:manage");
  const [chosen, choose] = useQueryState("connection", parseAsInteger);
  const [adding, setAdding] = useState(false);
  const rows = list.data ?? [];
  const shown =
    rows.find((row) => row.connection.id === chosen) ??
    rows.find((row) => row.connection.state !== "archived") ??
    rows[0];
  const reload = () => void queries.invalidateQueries(trpc.odoo.list.queryFilter());
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto bg-surface">
      <PageHeader
        title="Odoo"
        note="What is read from it, what it is told, and how it answers"
        actions={
          mayManage ? (
            <Button variant={rows.length === 0 ? "primary" : "secondary"} onClick={() => setAdding(true)}>
              Connect an Odoo
            </Button>
          ) : null
        }
      />
      {list.error ? (
        <ErrorState title="The connections could not be read" error={list.error} onRetry={() => void list.refetch()} />
      ) : null}
      {list.isPending ? (
        <div className="p-4">
          <SkeletonLines lines={8} />
        </div>
      ) : null}
      {list.data && rows.length === 0 ? (
        <EmptyState
          title="No Odoo is connected"
          action={
            mayManage ? (
              <Button variant="primary" onClick={() => setAdding(true)}>
                Connect an Odoo
              </Button>
            ) : undefined
          }
        >
          Waypost reads orders and pickings from it and shows what it would post. Nothing is written before you switch
          it on.
        </EmptyState>
      ) : null}
      {rows.length > 1 ? <Chooser rows={rows} shown={shown} onChoose={(id) => void choose(id)} /> : null}
      {shown ? (
        <OneConnection
          key={shown.connection.id}
          overview={shown}
          others={rows
            .filter((row) => row !== shown && row.connection.state !== "archived")
            .map((row) => row.connection)}
          onChanged={reload}
        />
      ) : null}
      {adding ? (
        <ConnectionForm
          onClose={() => setAdding(false)}
          onDone={(id) => {
            setAdding(false);
            toast.success("Connected. It reads now and posts nothing yet");
            reload();
            void choose(id);
          }}
        />
      ) : null}
    </div>
  );
}

function Look({ overview, filled }: { overview: Connection; filled?: boolean }) {
  const now = useNow();
  const look = connectionLook(overview.connection, overview.breaker, overview.watermarks, now);
  return (
    <Badge tone={look.tone} shape={look.shape} filled={filled} title={look.why}>
      {look.word}
    </Badge>
  );
}

/** Every connection speaks to Odoo's own API; by which of its protocols is known once the server was asked. */
function Direct({ connection }: { connection: Connection["connection"] }) {
  const { transport, version } = connection;
  const protocol = transport === null ? "" : ` · ${transport === "json2" ? "JSON-2" : "JSON-RPC"}`;
  const why =
    transport === null
      ? "The protocol is known once the server has been asked what it is."
      : transport === "json2"
        ? `Odoo ${version} has JSON-2, which it has from 19 on.`
        : `Odoo ${version} speaks JSON-RPC; JSON-2 begins with 19.`;
  return (
    <Badge tone="neutral" title={`Waypost posts to Odoo's own API, with no middleware between. ${why}`}>
      Direct{protocol}
    </Badge>
  );
}

function Chooser({
  rows,
  shown,
  onChoose,
}: {
  rows: Connection[];
  shown: Connection | undefined;
  onChoose: (id: number) => void;
}) {
  return (
    <nav aria-label="Connections" className="flex shrink-0 gap-1 overflow-x-auto border-line border-b px-3 pb-2">
      {rows.map((row) => (
        <button
          key={row.connection.id}
          type="button"
          aria-current={row === shown ? "true" : undefined}
          onClick={() => onChoose(row.connection.id)}
          className={cn(
            "flex h-7 items-center gap-2 whitespace-nowrap rounded-md px-2 text-ink-2 hover:bg-sunken hover:text-ink",
            row === shown && "bg-sunken font-medium text-ink",
          )}
        >
          {row.connection.name}
          <Look overview={row} />
          <Direct connection={row.connection} />
        </button>
      ))}
    </nav>
  );
}

function OneConnection({
  overview,
  others,
  onChanged,
}: {
  overview: Connection;
  others: Connection["connection"][];
  onChanged: () => void;
}) {
  const trpc = useTRPC();
  const { connection, breaker } = overview;
  const now = useNow();
  const mayManage = useMay("odoo:manage");
  const [changing, setChanging] = useState(false);
  const look = connectionLook(connection, breaker, overview.watermarks, now);
  const after = { onSuccess: onChanged, onError: (error: { message: string }) => toast.error(error.message) };
  const test = useMutation(trpc.odoo.test.mutationOptions(after));
  const pause = useMutation(trpc.odoo.pause.mutationOptions(after));
  const resume = useMutation(trpc.odoo.resume.mutationOptions(after));
  const report = test.data ? { ...test.data, at: new Date(now).toISOString() } : storedReport(connection.lastTest);
  return (
    <>
      <section className="flex flex-wrap items-center gap-x-3 gap-y-2 border-line border-y px-4 py-3">
        <h2 className="font-semibold text-base">{connection.name}</h2>
        <Look overview={overview} filled />
        <Direct connection={connection} />
        <span className="min-w-0 text-ink-2">{look.why}</span>
        {connection.state !== "archived" ? (
          <span className="ml-auto flex flex-wrap gap-2">
            <DegradedButton about={{ connection, others }} />
            {mayManage ? (
              <>
                <Button busy={test.isPending} onClick={() => test.mutate({ id: connection.id })}>
                  Test
                </Button>
                <Button onClick={() => setChanging(true)}>Change</Button>
                {connection.state === "paused" ? (
                  <Button
                    variant="primary"
                    busy={resume.isPending}
                    onClick={() => resume.mutate({ id: connection.id })}
                  >
                    Resume
                  </Button>
                ) : (
                  <Button
                    busy={pause.isPending}
                    title="Stops reading and posting; postings wait"
                    onClick={() => pause.mutate({ id: connection.id })}
                  >
                    Pause
                  </Button>
                )}
              </>
            ) : null}
          </span>
        ) : null}
      </section>
      <div className="grid lg:grid-cols-2">
        <div className="min-w-0 border-line lg:border-r">
          <Part title="What it is told" note={<Since connection={connection} />}>
            <KindSwitches overview={overview} onChanged={onChanged} />
          </Part>
          <Part title="When it goes" note="what comes is held, gathered or sent at once">
            <Timings overview={overview} onChanged={onChanged} />
          </Part>
          <Part title="Status field">
            <StatusFieldSetUp connection={connection} onChanged={onChanged} />
          </Part>
          <Part title="Policy">
            <Policy key={connection.updatedAt.getTime()} connection={connection} onChanged={onChanged} />
          </Part>
        </div>
        <div className="min-w-0">
          <Part title="Backlog">
            <BacklogFacts overview={overview} />
            <ClassTable overview={overview} onChanged={onChanged} />
          </Part>
          <Part title="What is read">
            <HistoryProgress overview={overview} onChanged={onChanged} />
            <Watermarks overview={overview} />
          </Part>
          <Part title="Hints from Odoo">
            <Hints overview={overview} />
          </Part>
          <Part title="Connection">
            <Facts>
              <Fact name="Address">
                <a
                  href={connection.url}
                  target="_blank"
                  rel="noreferrer"
                  className="break-all text-accent underline-offset-2 hover:underline"
                >
                  {connection.url}
                </a>
              </Fact>
              <Fact name="Database">{connection.database}</Fact>
              <Fact name="Login">{connection.login}</Fact>
              <Fact name="API key">ends in {connection.keyHint || "–"}; never shown</Fact>
              <Fact name="Version">
                {connection.version
                  ? `${connection.version}, by ${connection.transport === "json2" ? "JSON-2" : "JSON-RPC"}`
                  : "not asked yet"}
              </Fact>
              <Fact name="Limits">
                {connection.ratePerSecond} calls a second, {connection.concurrency} at the same time;{" "}
                {connection.failurePercent} % may fail within an hour
              </Fact>
            </Facts>
          </Part>
          <Part title="Connection test">
            {report ? (
              <TestReport report={report} at={report.at} />
            ) : (
              <p className="text-ink-2">
                It has not been tested yet. A test asks Odoo what it is and what its user may, and changes nothing.
              </p>
            )}
          </Part>
        </div>
      </div>
      {changing ? (
        <ConnectionForm
          connection={connection}
          onClose={() => setChanging(false)}
          onDone={() => {
            setChanging(false);
            toast.success("Saved");
            onChanged();
          }}
        />
      ) : null}
    </>
  );
}

function Since({ connection }: { connection: Connection["connection"] }) {
  if (connection.observing) return <>It observes: nothing is posted yet</>;
  return connection.postSince ? (
    <>
      facts since <Time at={connection.postSince} show="absolute" />
    </>
  ) : null;
}

const BACKLOG = [
  ["planned", "Due", "due"],
  ["sending", "Sending", "sending"],
  ["unconfirmed", "Unconfirmed", "unconfirmed"],
  ["held", "Waiting", "waiting"],
  ["rejected", "Rejected", "rejected"],
  ["dead", "Given up", "dead"],
] as const;

function BacklogFacts({ overview }: { overview: Connection }) {
  const { connection, backlog, breaker, due, drainSeconds, postedLast5Minutes } = overview;
  const count = (state: string) =>
    backlog.filter((row) => row.state === state).reduce((sum, row) => sum + row.count, 0);
  const oldest = backlog
    .filter((row) => row.state === "planned" && row.oldest)
    .map((row) => row.oldest?.getTime() ?? 0)
    .sort((a, b) => a - b)[0];
  return (
    <div className="flex flex-col gap-3">
      <dl className="grid grid-cols-3 gap-x-4 gap-y-2 sm:grid-cols-6">
        {BACKLOG.map(([state, word, tab]) => {
          const n = count(state);
          const bad = n > 0 && (state === "rejected" || state === "dead" || state === "unconfirmed");
          return (
            <div key={state}>
              <dt className="text-ink-3 text-xs">{word}</dt>
              <dd className={cn("font-semibold text-base", bad && "text-broken")}>
                <Link
                  href={`/postings?tab=${tab}&connection=${connection.id}`}
                  className="underline-offset-2 hover:underline"
                >
                  {formatCount(n)}
                </Link>
              </dd>
            </div>
          );
        })}
      </dl>
      <p className="text-ink-2">
        {breaker.state === "open" ? (
          <>
            The breaker opened <Time at={breaker.sinceMs} /> and lets a probe through <Time at={breaker.untilMs} />.
            Nothing is lost meanwhile.
          </>
        ) : due === 0 ? (
          "Nothing is due."
        ) : drainSeconds === null ? (
          `${formatCount(due)} wait until it is resumed.`
        ) : (
          `${formatCount(due)} are through in about ${formatDuration(Math.max(1, drainSeconds) * 1000)}${postedLast5Minutes > 0 ? ", at the pace of the last 5 minutes" : ", at its rate limit"}.`
        )}
        {oldest ? (
          <>
            {" "}
            The oldest was planned <Time at={oldest} />.
          </>
        ) : null}
      </p>
      <FailureBudget budget={overview.failureBudget} />
    </div>
  );
}

function Watermarks({ overview }: { overview: Connection }) {
  const now = useNow();
  const { watermarks } = overview;
  if (watermarks.length === 0)
    return (
      <p className="text-ink-2">
        Nothing has been read yet. The worker reads orders, pickings and moves every few seconds.
      </p>
    );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keys
    <div tabIndex={0} className="overflow-x-auto">
      <table className="w-full min-w-[420px] table-fixed text-sm">
        <thead>
          <tr className="text-left text-ink-3 text-xs">
            <th scope="col" className="w-[36%] py-1 pr-2 font-normal">
              Records
            </th>
            <th scope="col" className="px-2 py-1 font-normal">
              Read
            </th>
            <th scope="col" className="px-2 py-1 font-normal">
              Last change seen
            </th>
          </tr>
        </thead>
        <tbody>
          {watermarks.map((row) => {
            const behind = row.polledAt !== null && now - row.polledAt.getTime() > 120_000;
            return (
              <tr key={row.model} className="border-line border-t align-top">
                <th scope="row" className="py-1.5 pr-2 text-left font-normal">
                  {MODEL_WORD[row.model] ?? row.model}
                  <span className="block truncate font-mono text-[12px] text-ink-3">{row.model}</span>
                </th>
                <td className={cn("px-2 py-1.5", behind && "text-late")}>
                  {row.polledAt ? <Time at={row.polledAt} /> : "not yet"}
                  {row.lastError ? (
                    <span className="block break-words text-broken text-xs">{row.lastError}</span>
                  ) : null}
                </td>
                <td className="px-2 py-1.5 text-ink-2">{row.changedAt ? <Time at={row.changedAt} /> : "–"}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const MODEL_WORD: Readonly<Record<string, string>> = {
  "sale.order": "Sales orders",
  "stock.picking": "Pickings",
  "stock.move": "Moves",
  "stock.move.line": "Move lines",
  "res.partner": "Addresses and customers",
  activities: "Activities",
  contacts: "Contacts",
};

function Part({ title, note, children }: { title: string; note?: ReactNode; children: ReactNode }) {
  return (
    <section className="border-line border-b px-4 py-3">
      <div className="mb-2 flex flex-wrap items-baseline justify-between gap-x-4">
        <h3 className="font-semibold text-base">{title}</h3>
        {note ? <div className="text-ink-3 text-xs">{note}</div> : null}
      </div>
      {children}
    </section>
  );
}
