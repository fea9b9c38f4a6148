"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/providers";
import { ViewTab } from "@/components/shell/list-frame";
import { ASPECTS, type Aspect } from "@/core/reconciliation/aspects";
import { READINESS_LISTS } from "@/core/reconciliation/readiness";
import type { Day } from "./rows";
import type { useReconciliationUrl } from "./url";
import { ASPECT_WORD, LIST_WORD } from "./words";

type UrlState = ReturnType<typeof useReconciliationUrl>["state"];

/** The views by what is compared, with what is open on the day, and the lists. */
export function Views({
  day,
  state,
  onAspect,
  onList,
}: {
  day: Day | undefined;
  state: UrlState;
  onAspect: (aspect: Aspect[]) => void;
  onList: (list: (typeof READINESS_LISTS)[number]) => void;
}) {
  const trpc = useTRPC();
  const counts = useQuery({
    ...trpc.reconciliation.readinessCounts.queryOptions({
      filter: { list: state.ready ?? "delivered_not_invoiced", warehouse: [], carrier: [], product: [], search: "" },
    }),
    placeholderData: (was) => was,
    refetchInterval: 30_000,
  });
  const inList = (list: (typeof READINESS_LISTS)[number]) =>
    counts.data ? (counts.data.lists.find((one) => one.list === list)?.count ?? 0) : undefined;
  return (
    <>
      <ViewTab word="All" here={state.ready === null && state.aspect.length === 0} onClick={() => onAspect([])} />
      {ASPECTS.map((aspect) => (
        <ViewTab
          key={aspect}
          word={SHORT_WORD[aspect] ?? ASPECT_WORD[aspect]}
          count={day?.openBy[aspect]}
          countTone={lateTone(day?.openBy[aspect])}
          here={state.ready === null && state.aspect.length === 1 && state.aspect[0] === aspect}
          onClick={() => onAspect([aspect])}
        />
      ))}
      <span aria-hidden className="mx-1 w-px shrink-0 self-stretch bg-line" />
      {READINESS_LISTS.map((list) => (
        <ViewTab
          key={list}
          word={LIST_WORD[list].word}
          count={inList(list)}
          countTone={lateTone(inList(list))}
          here={state.ready === list}
          onClick={() => onList(list)}
        />
      ))}
    </>
  );
}

function lateTone(count: number | undefined): string | undefined {
  return (count ?? 0) > 0 ? "font-medium text-late" : undefined;
}

/** Words that are shorter where eight stand side by side. */
const SHORT_WORD: Partial<Record<Aspect, string>> = { tracking: "Tracking", proof: "Proof" };
