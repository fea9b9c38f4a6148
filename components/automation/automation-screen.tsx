"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, Plus } from "lucide-react";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { PageHeader } from "@/components/shell/page-header";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { formatCount } from "@/components/ui/number";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Switch } from "@/components/ui/switch";
import { Tabs } from "@/components/ui/tabs";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import { type Listed, type Rule, said } from "./rows";
import { RulePanel } from "./rule-panel";
import { SuggestionList } from "./suggestion-list";
import { SwitchOnDialog } from "./switch-on-dialog";

const TABS = ["rules", "learnt"] as const;

/** Rules that act on exceptions by themselves, and what people's answers suggest; open to all who read exceptions, changed by those who may. */
export function AutomationScreen() {
  const trpc = useTRPC();
  const mayManage = useMay("automation:manage");
  const list = useQuery({ ...trpc.automation.list.queryOptions(), refetchInterval: 15_000 });
  const suggestions = useQuery({ ...trpc.automation.suggestions.queryOptions(), refetchInterval: 60_000 });
  const [{ tab, rule }, set] = useQueryStates({
    tab: parseAsStringLiteral(TABS).withDefault("rules"),
    rule: parseAsString,
  });
  const opened = rule === "new" ? null : list.data?.rules.find((one) => one.id === rule);
  const on = list.data?.rules.filter((one) => one.on).length ?? 0;
  return (
    <div className="flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col bg-surface">
        <PageHeader
          title="Automation"
          note={
            list.data
              ? list.data.rules.length === 0
                ? "no rule yet"
                : `${on} of ${list.data.rules.length} rules on`
              : null
          }
          actions={
            mayManage ? (
              <Button variant="primary" onClick={() => void set({ tab: "rules", rule: "new" })}>
                <Plus aria-hidden />
                New rule
              </Button>
            ) : null
          }
        />
        <Tabs
          label="Automation"
          value={tab}
          onChange={(next) => void set({ tab: next, rule: null })}
          className="flex-1 px-4"
          contentClassName="overflow-y-auto py-3"
          tabs={[
            {
              value: "rules",
              label: "Rules",
              count: list.data?.rules.length,
              content: list.data ? (
                <Rules listed={list.data} openId={rule} onOpen={(id) => void set({ rule: id })} />
              ) : list.error ? (
                <ErrorState
                  title="The rules could not be read"
                  error={list.error}
                  onRetry={() => void list.refetch()}
                />
              ) : (
                <SkeletonLines lines={6} className="max-w-2xl" />
              ),
            },
            {
              value: "learnt",
              label: "Learnt",
              count: suggestions.data?.length,
              content:
                suggestions.data && list.data ? (
                  <SuggestionList suggestions={suggestions.data} listed={list.data} />
                ) : suggestions.error ? (
                  <ErrorState
                    title="What was learnt could not be read"
                    error={suggestions.error}
                    onRetry={() => void suggestions.refetch()}
                  />
                ) : (
                  <SkeletonLines lines={6} className="max-w-2xl" />
                ),
            },
          ]}
        />
      </div>
      {list.data && (rule === "new" ? mayManage : opened) ? (
        <RulePanel
          key={`${rule} ${opened?.version ?? 0}`}
          rule={opened ?? null}
          listed={list.data}
          onClose={() => void set({ rule: null })}
          onSaved={(id) => void set({ rule: id })}
        />
      ) : null}
    </div>
  );
}

function Rules({ listed, openId, onOpen }: { listed: Listed; openId: string | null; onOpen: (id: string) => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const mayManage = useMay("automation:manage");
  const [asking, setAsking] = useState<Rule | null>(null);
  const settled = {
    onError: (error: { message: string }) => toast.error(error.message),
    onSettled: () => queries.invalidateQueries(trpc.automation.list.queryFilter()),
  };
  const order = useMutation(trpc.automation.order.mutationOptions(settled));
  const turnOff = useMutation(trpc.automation.switch.mutationOptions(settled));
  const { rules } = listed;
  if (rules.length === 0)
    return (
      <EmptyState
        title="No rule acts by itself yet"
        action={mayManage ? <Button onClick={() => onOpen("new")}>Write the first rule</Button> : undefined}
      >
        A rule acknowledges, gives, snoozes, resolves, comments or replays what it is written for. Before it is switched
        on it shows what it would have done in the past 30 days.
      </EmptyState>
    );
  const move = (at: number, step: 1 | -1) => {
    const ids = rules.map((one) => one.id);
    const [id] = ids.splice(at, 1);
    if (id) ids.splice(at + step, 0, id);
    order.mutate({ ids });
  };
  return (
    <>
      <p className="mb-2 max-w-3xl text-ink-3 text-xs">
        Worked from the top, about every 15 seconds. A rule acts on an exception once and never takes from whom a person
        chose; it stops at what keeps coming back.
      </p>
      <ol aria-label="Rules">
        {rules.map((rule, at) => (
          <li
            key={rule.id}
            className={`flex items-start gap-3 border-line border-b px-1 py-2.5 ${rule.id === openId ? "bg-selected" : ""}`}
          >
            <Switch
              aria-label={`Rule “${rule.name}” is on`}
              className="mt-0.5"
              checked={rule.on}
              disabled={!mayManage || turnOff.isPending || rule.says === null}
              onCheckedChange={(to) => (to ? setAsking(rule) : turnOff.mutate({ id: rule.id, on: false }))}
            />
            <div className="min-w-0 flex-1">
              <button
                type="button"
                className="text-left font-medium underline-offset-2 hover:underline"
                onClick={() => onOpen(rule.id)}
              >
                {rule.name}
              </button>
              {rule.suggestionId ? <span className="ml-2 text-ink-3 text-xs">learnt</span> : null}
              <p className="text-ink-2">
                {rule.says
                  ? said(rule.says, rule.cause, listed)
                  : "Written by another release of Waypost; it does nothing."}
              </p>
              <p className="flex flex-wrap gap-x-3 text-ink-3 text-xs">
                <button type="button" className="underline-offset-2 hover:underline" onClick={() => onOpen(rule.id)}>
                  acted on {formatCount(rule.acted)}
                </button>
                {rule.refused > 0 ? (
                  <button type="button" className="underline-offset-2 hover:underline" onClick={() => onOpen(rule.id)}>
                    left {formatCount(rule.refused)} alone
                  </button>
                ) : null}
                {rule.lastActedAt ? (
                  <span>
                    last <Time at={rule.lastActedAt} />
                  </span>
                ) : null}
                <span>
                  changed <Time at={rule.updatedAt} />
                  {rule.updatedByName ? ` by ${rule.updatedByName}` : ""}
                </span>
              </p>
            </div>
            {mayManage && rules.length > 1 ? (
              <span className="flex gap-1">
                <Button
                  variant="quiet"
                  icon
                  aria-label={`“${rule.name}” up`}
                  disabled={at === 0 || order.isPending}
                  onClick={() => move(at, -1)}
                >
                  <ArrowUp />
                </Button>
                <Button
                  variant="quiet"
                  icon
                  aria-label={`“${rule.name}” down`}
                  disabled={at === rules.length - 1 || order.isPending}
                  onClick={() => move(at, 1)}
                >
                  <ArrowDown />
                </Button>
              </span>
            ) : null}
          </li>
        ))}
      </ol>
      {asking?.says ? (
        <SwitchOnDialog rule={{ ...asking, says: asking.says }} listed={listed} onClose={() => setAsking(null)} />
      ) : null}
    </>
  );
}
