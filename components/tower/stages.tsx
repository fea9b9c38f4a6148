import Link from "next/link";
import { formatCount } from "@/components/ui/number";
import { STAGES } from "@/core/shipments/milestones";
import { Part } from "./part";
import type { Overview } from "./types";
import { STAGE_WORD } from "./words";

/** Shipments by the ten stages; the height of a bar is its share of the fullest stage. */
export function Stages({ stages, age }: { stages: NonNullable<Overview["stages"]>; age: string }) {
  const of = new Map(stages.counts.map(({ stage, count }) => [stage, count]));
  const none = of.get(null) ?? 0;
  const total = stages.counts.reduce((sum, { count }) => sum + count, 0);
  const top = Math.max(1, ...STAGES.map((stage) => of.get(stage) ?? 0));
  return (
    <Part
      title="Shipments by stage"
      href="/shipments"
      aside={
        <>
          {formatCount(total)} in all
          {none > 0 ? (
            <>
              {", "}
              <Link href="/shipments?stage=-" className="underline-offset-2 hover:underline">
                {formatCount(none)} without a stage yet
              </Link>
            </>
          ) : null}
          <span> · counted {age}</span>
        </>
      }
    >
      <ol className="grid grid-cols-2 gap-x-px sm:grid-cols-5 xl:grid-cols-10">
        {STAGES.map((stage) => {
          const count = of.get(stage) ?? 0;
          return (
            <li key={stage} className="min-w-0">
              <Link href={`/shipments?stage=${stage}`} className="group flex h-full flex-col px-4 pb-3 hover:bg-sunken">
                <span className="flex h-14 items-end max-sm:hidden" aria-hidden>
                  <span
                    className="w-full rounded-t-sm bg-chart-count/80 group-hover:bg-accent"
                    style={{ height: count === 0 ? 1 : Math.max(2, (count / top) * 56) }}
                  />
                </span>
                <span className="border-line border-t pt-1.5 font-semibold text-base">{formatCount(count)}</span>
                <span className="truncate text-ink-2 text-xs">{STAGE_WORD[stage]}</span>
              </Link>
            </li>
          );
        })}
      </ol>
    </Part>
  );
}
