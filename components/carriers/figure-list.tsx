"use client";
import Link from "next/link";
import { useMay } from "@/components/shell/viewer";
import { cn } from "@/components/ui/class-names";
import type { Figure } from "@/core/carriers/figures";
import { KPI_SPECS, type Kpi, MINIMUM } from "@/core/carriers/kpis";
import { Change } from "./figure-cell";
import type { Score } from "./types";
import { intervalInWords, madeOf, valueInWords } from "./words";

type Way = { href: string; word: string; right: "shipments:read" | "freight:read" };

/** Where lists can show what is behind a figure as of now; a list knows no days of a clock. */
function waysOf(kpi: Kpi, carrier: Score): Way[] {
  const shipments = (rest: string, word: string): Way => ({
    href: `/shipments?carrier=${encodeURIComponent(carrier.word)}${rest}`,
    word,
    right: "shipments:read",
  });
  switch (kpi) {
    case "on_time_delivery":
      return [shipments("&late=true", "Overdue now")];
    case "delivery_rate":
      return [shipments("&ending=open", "Under way now"), shipments("&ending=lost", "Lost")];
    case "first_attempt":
      return [shipments("&ending=returned", "Came back")];
    case "exception_rate":
      return [shipments("&trouble=true", "With an open exception")];
    case "damage_rate":
      return [shipments("&ending=destroyed", "Destroyed")];
    case "billing_accuracy":
    case "cost_per_shipment":
      return [
        {
          href: `/freight?tab=all&vendor=${encodeURIComponent(carrier.value ?? "")}${kpi === "billing_accuracy" ? "&verdict=variance,duplicate,invalid,unmatched" : ""}`,
          word: kpi === "billing_accuracy" ? "Bills with an objection" : "Bills",
          right: "freight:read",
        },
      ];
    default:
      return [];
  }
}

/** Every figure with what it is made of, how sure it is, how it changed, and the rows behind it. */
export function FigureList({ score, chosen, onKpi }: { score: Score; chosen: Kpi; onKpi: (kpi: Kpi) => void }) {
  const rights = { "shipments:read": useMay("shipments:read"), "freight:read": useMay("freight:read") };
  return (
    <ul>
      {score.figures.map((figure, at) => (
        <li key={figure.kpi} className="border-line border-t py-2 first:border-t-0">
          <div className="flex items-baseline gap-2">
            <button
              type="button"
              aria-pressed={chosen === figure.kpi}
              onClick={() => onKpi(figure.kpi)}
              className="flex-1 text-left underline-offset-2 hover:underline aria-pressed:font-medium"
            >
              {KPI_SPECS[figure.kpi].label}
            </button>
            <Change figure={figure} before={score.before[at]} />
            <span
              className={cn("whitespace-nowrap", figure.few || figure.value === null ? "text-ink-3" : "font-medium")}
            >
              {valueInWords(figure.kpi, figure.value, figure.currency)}
            </span>
            <span className="min-w-24 whitespace-nowrap text-right text-ink-3 text-xs">{madeOf(figure)}</span>
          </div>
          <Words figure={figure} before={score.before[at]} />
          <p className="flex flex-wrap gap-x-3 text-xs">
            {waysOf(figure.kpi, score)
              .filter(({ right }) => rights[right])
              .map(({ href, word }) => (
                <Link key={href} href={href} className="text-accent underline-offset-2 hover:underline">
                  {word}
                </Link>
              ))}
          </p>
        </li>
      ))}
    </ul>
  );
}

function Words({ figure, before }: { figure: Figure; before: Figure | undefined }) {
  const words = [
    figure.why,
    figure.few ? `Fewer than ${MINIMUM}: nothing should be concluded from it.` : null,
    intervalInWords(figure),
    figure.note,
    before?.value == null
      ? null
      : `Before: ${valueInWords(figure.kpi, before.value, before.currency)} (${madeOf(before)}).`,
  ].filter((word) => word !== null);
  return <p className="text-ink-3 text-xs">{words.join(" ")}</p>;
}
