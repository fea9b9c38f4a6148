"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { POSTING_KIND_WORD } from "@/components/postings/words";
import { useTRPC } from "@/components/providers";
import { useLive } from "@/components/shell/live";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { Time } from "@/components/ui/time";
import { POSTING_KINDS } from "@/core/postings/kinds";
import { LiftDialog } from "./lift-dialog";
import type { Rule } from "./rows";

/** Every degraded rule in force, on every screen until it is lifted. */
export function DegradedBanner() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const may = useMay("tower:read");
  const mayLift = useMay("degraded:manage");
  const rules = useQuery({ ...trpc.degraded.list.queryOptions(), enabled: may, refetchInterval: 60_000 });
  const reload = () => void queries.invalidateQueries(trpc.degraded.list.queryFilter());
  useLive(["degraded"], reload, 500);
  const [lifting, setLifting] = useState<Rule | null>(null);
  const inForce = (rules.data ?? []).filter((rule) => rule.liftedAt === null);
  if (inForce.length === 0) return null;
  return (
    <section aria-label="Degraded rules in force" className="shrink-0 border-line border-b bg-late-soft">
      <ul>
        {inForce.map((rule) => (
          <li key={rule.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-1.5">
            <TriangleAlert className="size-4 shrink-0 text-late" aria-hidden />
            <span className="min-w-0 flex-1 basis-60 break-words">
              <Link
                href={rule.connectionId === null ? "/feeds" : `/settings/odoo?connection=${rule.connectionId}`}
                className="font-medium underline-offset-2 hover:underline"
              >
                {rule.about}
              </Link>{" "}
              {ruleInWords(rule)}: {rule.reason}.{" "}
              <span className="text-ink-2">
                {rule.startedBy}, <Time at={rule.startedAt} />
              </span>
            </span>
            {mayLift ? (
              <Button size="sm" onClick={() => setLifting(rule)}>
                Lift
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {lifting ? (
        <LiftDialog
          rule={lifting}
          onClose={() => setLifting(null)}
          onDone={() => {
            setLifting(null);
            reload();
          }}
        />
      ) : null}
    </section>
  );
}

/** What a rule does, after the name of what it is about. */
function ruleInWords(rule: Rule): string {
  if (rule.feedId !== null) {
    if (rule.rule === "queue") return "is down, and what follows from it raises nothing";
    if (rule.rule === "skip") return "is gone on without, and its silence raises nothing";
    return `is down, and ${rule.person ?? "somebody"} asks another way`;
  }
  const kinds =
    rule.kinds.length === POSTING_KINDS.length
      ? "all postings"
      : rule.kinds.map((kind) => POSTING_KIND_WORD[kind].toLowerCase()).join(", ");
  if (rule.rule === "queue") return `waits with ${kinds}`;
  if (rule.rule === "skip") return `goes on without ${kinds}`;
  return rule.via === null
    ? `has ${kinds} done by hand by ${rule.person ?? "somebody"}`
    : `sends ${kinds} by ${rule.via}`;
}
