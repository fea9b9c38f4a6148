"use client";
import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import Link from "next/link";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useTRPC } from "@/components/providers";
import { PageHeader } from "@/components/shell/page-header";
import { Badge } from "@/components/ui/badge";
import { ErrorState } from "@/components/ui/error-state";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Tabs } from "@/components/ui/tabs";
import type { AppRouter } from "@/server/api/root";
import { NoticeLog } from "./notice-log";
import { NoticesForm } from "./notices-form";

export type NoticesStanding = inferRouterOutputs<AppRouter>["notices"]["read"];

const TABS = ["words", "log"] as const;

/** What customers are told, in which words and when; and what they were told. */
export function NoticesScreen() {
  const trpc = useTRPC();
  const read = useQuery({ ...trpc.notices.read.queryOptions(), refetchInterval: 30_000 });
  const [tab, setTab] = useQueryState("tab", parseAsStringLiteral(TABS).withDefault("words"));
  const on = read.data?.settings.enabled;
  const content = (shown: (standing: NoticesStanding) => React.ReactNode) =>
    read.data ? (
      shown(read.data)
    ) : read.error ? (
      <ErrorState title="The notifications could not be read" error={read.error} onRetry={() => void read.refetch()} />
    ) : (
      <SkeletonLines lines={12} className="max-w-xl" />
    );
  return (
    <>
      <PageHeader title="Notifications" note="What customers are told by e-mail">
        {on === undefined ? null : (
          <Badge tone={on ? "ok" : "idle"} shape={on ? "check" : "pause"}>
            {on ? "On" : "Off"}
          </Badge>
        )}
      </PageHeader>
      {read.data && read.data.from === null ? (
        <p role="status" className="mx-4 mb-2 max-w-3xl rounded-md bg-late-soft px-3 py-2 text-sm">
          No mail server is set, so nothing can be sent: start Waypost with SMTP_URL and SMTP_FROM. The test mail is at{" "}
          <Link href="/settings/thresholds?tab=alerts" className="text-accent underline-offset-2 hover:underline">
            Alerts
          </Link>
          .
        </p>
      ) : null}
      <Tabs
        label="Notifications"
        value={tab}
        onChange={(next) => void setTab(next)}
        tabs={[
          {
            value: "words",
            label: "What is told",
            content: content((standing) => <NoticesForm key={JSON.stringify(standing.settings)} standing={standing} />),
          },
          { value: "log", label: "Log", content: content(({ counts }) => <NoticeLog counts={counts} />) },
        ]}
        className="flex-1 px-4"
        contentClassName="overflow-y-auto py-4"
      />
    </>
  );
}
