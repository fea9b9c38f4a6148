"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Minus, Plus } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toaster";
import { MOST_WORKERS } from "@/core/workers/setting";
import type { Workers } from "./types";

/** How many workers are wanted; each `npm start` follows within seconds. Where none does, it says who has to. */
export function Count({ read }: { read: Workers }) {
  const { crews, setting, workers, connections } = read;
  const trpc = useTRPC();
  const queries = useQueryClient();
  const mayChange = useMay("settings:manage");
  const byEnvironment = crews[0]?.byEnvironment ?? null;
  const [draft, setDraft] = useState(setting.count ?? byEnvironment ?? 1);
  const change = useMutation(
    trpc.settings.change.mutationOptions({
      onSuccess: (_, { value }) => {
        toast.success(
          value.count === null
            ? "The environment says how many again"
            : `${workerWord(Number(value.count))} wanted from now on`,
        );
      },
      onSettled: () => {
        void queries.invalidateQueries(trpc.workers.read.queryFilter());
        void queries.invalidateQueries(trpc.settings.read.queryFilter());
      },
    }),
  );
  const save = (count: number | null) => change.mutate({ name: "workers", value: { count }, seen: { ...setting } });
  const present = setting.count ?? byEnvironment;
  const others = workers.filter((one) => one.crew === null && !one.silent).length;
  const tight = connections.used > connections.most * 0.85;

  return (
    <section className="rounded-lg border border-line bg-surface p-4" aria-label="How many">
      <h2 className="font-semibold text-base">How many run</h2>
      {crews.length === 0 ? (
        <div className="mt-1 max-w-[640px] text-ink-2">
          <p>
            {workers.length > 0
              ? "These workers are run by something else than npm start, which therefore sets their number:"
              : "No npm start that keeps workers runs on this database, so nothing here can start one:"}
          </p>
          <ul className="mt-1 list-disc pl-5">
            <li>
              Docker Compose: <code>docker compose up -d --scale worker=3</code>
            </li>
            <li>
              systemd or a shell: one more <code>npm run worker</code> each
            </li>
            <li>
              <code>npm start</code> with <code>WAYPOST_WORKERS</code> above 0 keeps workers of its own
            </li>
          </ul>
        </div>
      ) : (
        <>
          <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-2">
            <fieldset className="inline-flex items-center gap-1" disabled={!mayChange || change.isPending}>
              <legend className="sr-only">Workers</legend>
              <Button icon aria-label="One fewer" disabled={draft <= 1} onClick={() => setDraft(draft - 1)}>
                <Minus />
              </Button>
              <output aria-live="polite" className="w-8 text-center font-semibold text-base tabular-nums">
                {draft}
              </output>
              <Button icon aria-label="One more" disabled={draft >= MOST_WORKERS} onClick={() => setDraft(draft + 1)}>
                <Plus />
              </Button>
            </fieldset>
            <span className="text-ink-2">
              {crews.length > 1 ? `workers on each of ${crews.length} npm starts` : "workers"}
            </span>
            {mayChange ? (
              <>
                <Button
                  variant="primary"
                  disabled={draft === present}
                  busy={change.isPending}
                  onClick={() => save(draft)}
                >
                  Save
                </Button>
                {draft === present ? null : (
                  <Button variant="quiet" onClick={() => setDraft(present ?? 1)}>
                    Undo
                  </Button>
                )}
                {setting.count !== null && byEnvironment !== null ? (
                  <Button variant="quiet" onClick={() => save(null)}>
                    As the environment says ({byEnvironment})
                  </Button>
                ) : null}
              </>
            ) : null}
          </div>
          <p className="mt-2 max-w-[640px] text-ink-3 text-xs">
            From 1 to {MOST_WORKERS}, followed within seconds. A worker that is ended finishes its batch first; nothing
            is lost. {setting.count === null ? "WAYPOST_WORKERS says it now." : "Set here, over WAYPOST_WORKERS."} More
            workers than cores seldom help.
            {others > 0
              ? ` Beside them ${workerWord(others)} ${others === 1 ? "is" : "are"} run by something else and ${others === 1 ? "stays" : "stay"}.`
              : ""}
            {mayChange ? "" : " An administrator changes it."}
          </p>
        </>
      )}
      {tight ? (
        <p className="mt-2 text-late" role="status">
          {connections.used} of {connections.most} connections of the database are in use: raise its max_connections
          before more workers run.
        </p>
      ) : null}
      {change.error ? (
        <p className="mt-2 text-broken" role="alert">
          {change.error.message}
        </p>
      ) : null}
    </section>
  );
}

const workerWord = (count: number) => (count === 1 ? "1 worker" : `${count} workers`);
