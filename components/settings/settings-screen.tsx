"use client";
import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useTRPC } from "@/components/providers";
import { PageHeader } from "@/components/shell/page-header";
import { useMay } from "@/components/shell/viewer";
import { ErrorState } from "@/components/ui/error-state";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Tabs } from "@/components/ui/tabs";
import { Time } from "@/components/ui/time";
import { SETTING_NAMES, type SettingName } from "@/core/settings/workspace";
import type { AppRouter } from "@/server/api/root";
import { AlertsForm } from "./alerts-form";
import { FreightForm } from "./freight-form";
import { ObjectivesForm } from "./objectives-form";
import { OwnersForm } from "./owners-form";
import { ReconciliationForm } from "./reconciliation-form";
import { ThresholdsForm } from "./thresholds-form";
import { WindowsForm } from "./windows-form";

/** These have pages of their own. */
const ELSEWHERE = ["ownership", "routing", "workers", "analytics", "notices"] as const satisfies readonly SettingName[];
type Shown = Exclude<SettingName, (typeof ELSEWHERE)[number]>;
type Read = inferRouterOutputs<AppRouter>["settings"]["read"];

const LABEL: Readonly<Record<Shown, string>> = {
  thresholds: "Thresholds",
  objectives: "Service levels",
  alerts: "Alerts",
  owners: "Owners",
  reconciliation: "Reconciliation",
  freight: "Freight",
};

/** Beside the settings stand the windows, which are rows of their own. */
const SHOWN = SETTING_NAMES.filter((name): name is Shown => !ELSEWHERE.some((other) => other === name));
const TABS = [...SHOWN, "windows"] as const;

/** Limits of the rules, objectives, alerts and owners, each stored as a whole and audited. */
export function SettingsScreen() {
  const trpc = useTRPC();
  const read = useQuery(trpc.settings.read.queryOptions());
  const [tab, setTab] = useQueryState("tab", parseAsStringLiteral(TABS).withDefault("thresholds"));
  return (
    <>
      <PageHeader title="Thresholds" note={tab === "windows" ? null : <LastChange read={read.data} name={tab} />} />
      <Tabs
        label="Settings"
        value={tab}
        onChange={(next) => void setTab(next)}
        tabs={[
          ...SHOWN.map((name) => ({
            value: name,
            label: LABEL[name],
            content: read.data ? (
              <Form name={name} read={read.data} />
            ) : read.error ? (
              <ErrorState
                title="The settings could not be read"
                error={read.error}
                onRetry={() => void read.refetch()}
              />
            ) : (
              <SkeletonLines lines={8} className="max-w-xl" />
            ),
          })),
          { value: "windows" as const, label: "Quiet windows", content: <WindowsForm /> },
        ]}
        className="flex-1 px-4"
        contentClassName="overflow-y-auto py-4"
      />
    </>
  );
}

function Form({ name, read }: { name: Shown; read: Read }) {
  const mayManage = useMay("settings:manage");
  const mayObjectives = useMay("service_levels:manage");
  const mayFreight = useMay("freight:manage");
  const { settings, changes } = read;
  // another stored version starts the form anew
  const version = changes.find((change) => change.name === name)?.at.getTime() ?? 0;
  if (name === "thresholds") return <ThresholdsForm key={version} seen={settings.thresholds} editable={mayManage} />;
  if (name === "objectives")
    return <ObjectivesForm key={version} seen={settings.objectives} editable={mayObjectives} />;
  if (name === "alerts") return <AlertsForm key={version} seen={settings.alerts} editable={mayManage} />;
  if (name === "owners") return <OwnersForm key={version} seen={settings.owners} editable={mayManage} />;
  if (name === "freight") return <FreightForm key={version} seen={settings.freight} editable={mayFreight} />;
  return <ReconciliationForm key={version} seen={settings.reconciliation} editable={mayManage} />;
}

function LastChange({ read, name }: { read: Read | undefined; name: SettingName }) {
  const change = read?.changes.find((one) => one.name === name);
  if (!read) return null;
  if (!change) return "as shipped";
  return (
    <>
      changed <Time at={change.at} />
      {change.by ? ` by ${change.by}` : ""}
    </>
  );
}
