"use client";
import {
  CartesianGrid,
  Line,
  LineChart,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { formatCount, formatDuration, formatPercent } from "@/components/ui/number";
import { AXIS, durationTick, durationTicks, timeTick } from "./axis";

export type LatencyPoint = {
  at: Date;
  count: number;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  attained: number | null;
};

const LINES = [
  { key: "p50", word: "p50", color: "var(--chart-median)", dash: undefined },
  { key: "p95", word: "p95", color: "var(--chart-p95)", dash: "6 3" },
  { key: "p99", word: "p99", color: "var(--chart-p99)", dash: "2 3" },
] as const;

/**
 * Percentiles over time on a logarithmic axis, labelled at their ends; the objective is a line, steps that missed it are an area, steps
 * without counts are gaps.
 */
export function LatencyChart({
  points,
  objectiveMs,
  objectivePercent,
  step,
  stepMs,
  zone,
  onStep,
}: {
  points: readonly LatencyPoint[];
  objectiveMs: number;
  objectivePercent: number;
  step: "hour" | "day";
  stepMs: number;
  zone: string;
  onStep: (at: Date) => void;
}) {
  const data = points.map((point) => ({ ...point, t: point.at.getTime() }));
  const values = points.flatMap((p) => [p.p50, p.p99]).filter((v): v is number => v !== null && v > 0);
  const low = Math.max(1, Math.min(objectiveMs, ...values) / 1.6);
  const high = Math.max(objectiveMs, ...values) * 1.6;
  const missed = data.filter((point) => point.attained !== null && point.attained * 100 < objectivePercent);
  const days = points.length > 48;
  // a step between two gaps has no line to be seen by
  const isAlone = (key: "p50" | "p95" | "p99", index: number) =>
    data[index]?.[key] != null && data[index - 1]?.[key] == null && data[index + 1]?.[key] == null;
  const lastOf = (key: "p50" | "p95" | "p99") => data.findLastIndex((point) => point[key] !== null);
  return (
    <div className="h-64 w-full" aria-hidden>
      <ResponsiveContainer>
        <LineChart
          accessibilityLayer={false}
          data={data}
          margin={{ top: 8, right: 40, bottom: 0, left: 4 }}
          onClick={(state) => {
            const at = Number(state?.activeLabel);
            if (Number.isFinite(at)) onStep(new Date(at));
          }}
        >
          <CartesianGrid vertical={false} stroke="var(--chart-grid)" />
          {missed.map((point) => (
            <ReferenceArea
              key={point.t}
              x1={point.t - stepMs / 2}
              x2={point.t + stepMs / 2}
              fill="var(--chart-breach)"
              fillOpacity={0.6}
              ifOverflow="hidden"
            />
          ))}
          <XAxis
            dataKey="t"
            type="number"
            scale="time"
            domain={["dataMin", "dataMax"]}
            padding={{ left: 8, right: 8 }}
            tickFormatter={(t: number) => timeTick(t, zone, step, days)}
            tick={AXIS}
            stroke="var(--chart-grid)"
            tickLine={false}
            minTickGap={40}
          />
          <YAxis
            scale="log"
            domain={[low, high]}
            ticks={durationTicks(low, high)}
            tickFormatter={durationTick}
            tick={AXIS}
            stroke="var(--chart-grid)"
            tickLine={false}
            axisLine={false}
            width={58}
            allowDataOverflow
          />
          <ReferenceLine
            y={objectiveMs}
            stroke="var(--chart-objective)"
            strokeWidth={1.2}
            label={({ viewBox }) => (
              <text
                x={(viewBox as { x?: number }).x ?? 0}
                y={((viewBox as { y?: number }).y ?? 0) - 6}
                dx={6}
                fontSize={12}
                fontWeight={600}
                fill="var(--ink)"
                stroke="var(--surface)"
                strokeWidth={4}
                paintOrder="stroke"
              >
                {`${objectivePercent} % within ${formatDuration(objectiveMs)}`}
              </text>
            )}
          />
          <Tooltip
            cursor={{ stroke: "var(--control)" }}
            isAnimationActive={false}
            content={({ active, payload }) => {
              const point = payload?.[0]?.payload as (LatencyPoint & { t: number }) | undefined;
              return active && point ? <Reading point={point} zone={zone} step={step} /> : null;
            }}
          />
          {LINES.map(({ key, word, color, dash }) => (
            <Line
              key={key}
              dataKey={key}
              stroke={color}
              strokeWidth={1.8}
              strokeDasharray={dash}
              dot={({ key: mark, cx, cy, index }) =>
                isAlone(key, index) ? <circle key={mark} cx={cx} cy={cy} r={2.5} fill={color} /> : <g key={mark} />
              }
              activeDot={{ r: 3 }}
              connectNulls={false}
              isAnimationActive={false}
              label={({ x, y, index }) =>
                index === lastOf(key) ? (
                  <text
                    x={Number(x) + 6}
                    y={Number(y) + 4}
                    fill={color}
                    fontSize={12}
                    fontWeight={600}
                    stroke="var(--surface)"
                    strokeWidth={3}
                    paintOrder="stroke"
                  >
                    {word}
                  </text>
                ) : (
                  <g />
                )
              }
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
    </div>
  );
}

function Reading({ point, zone, step }: { point: LatencyPoint; zone: string; step: "hour" | "day" }) {
  return (
    <div className="rounded-md border border-line bg-raised px-2.5 py-1.5 text-xs shadow-lift">
      <div className="font-medium">
        {timeTick(point.at.getTime(), zone, step, true)}{" "}
        {step === "hour" ? timeTick(point.at.getTime(), zone, step, false) : ""}
      </div>
      {point.count === 0 ? (
        <div className="text-ink-3">nothing measured</div>
      ) : (
        <>
          {LINES.map(({ key, word }) => (
            <div key={key} className="flex justify-between gap-4">
              <span className="text-ink-2">{word}</span>
              <span>{formatDuration(point[key])}</span>
            </div>
          ))}
          <div className="flex justify-between gap-4">
            <span className="text-ink-2">kept</span>
            <span>
              {formatPercent(point.attained, 2)} of {formatCount(point.count)}
            </span>
          </div>
        </>
      )}
    </div>
  );
}
