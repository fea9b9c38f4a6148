"use client";
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { formatDuration } from "@/components/ui/number";
import { AXIS, durationTick, timeTick } from "./axis";

export const LEG_LOOK = {
  source: { word: "Source to us", color: "var(--leg-source)" },
  interpret: { word: "Interpret", color: "var(--leg-interpret)" },
  wait: { word: "Wait", color: "var(--leg-wait)" },
  odoo: { word: "Odoo", color: "var(--leg-odoo)" },
} as const;

const OWN = ["interpret", "wait", "odoo"] as const;

type Point = { at: Date; legs: Partial<Record<string, number>> };

/** Mean time of each of our own legs, stacked from zero; the time until a source tells us is another clock and not in it. */
export function LegsChart({ points, step, zone }: { points: readonly Point[]; step: "hour" | "day"; zone: string }) {
  const data = points.map((point) => ({ t: point.at.getTime(), ...point.legs }));
  const days = points.length > 48;
  return (
    <div className="h-48 w-full" aria-hidden>
      <ResponsiveContainer>
        <BarChart
          accessibilityLayer={false}
          data={data}
          margin={{ top: 8, right: 8, bottom: 0, left: 4 }}
          barCategoryGap="20%"
        >
          <CartesianGrid vertical={false} stroke="var(--chart-grid)" />
          <XAxis
            dataKey="t"
            tickFormatter={(t: number) => timeTick(t, zone, step, days)}
            tick={AXIS}
            stroke="var(--chart-grid)"
            tickLine={false}
            minTickGap={40}
          />
          <YAxis
            tickFormatter={durationTick}
            tick={AXIS}
            tickLine={false}
            axisLine={false}
            width={76}
            domain={[0, "auto"]}
          />
          <Tooltip
            cursor={{ fill: "var(--sunken)" }}
            isAnimationActive={false}
            content={({ active, payload, label }) =>
              active && payload?.length ? (
                <div className="rounded-md border border-line bg-raised px-2.5 py-1.5 text-xs shadow-lift">
                  <div className="font-medium">
                    {timeTick(Number(label), zone, step, true)}{" "}
                    {step === "hour" ? timeTick(Number(label), zone, step, false) : ""}
                  </div>
                  {payload.map((item) => (
                    <div key={String(item.dataKey)} className="flex justify-between gap-4">
                      <span className="text-ink-2">{LEG_LOOK[item.dataKey as (typeof OWN)[number]].word}</span>
                      <span>{formatDuration(Number(item.value))}</span>
                    </div>
                  ))}
                </div>
              ) : null
            }
          />
          {OWN.map((leg) => (
            <Bar key={leg} dataKey={leg} stackId="own" fill={LEG_LOOK[leg].color} isAnimationActive={false} />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}
