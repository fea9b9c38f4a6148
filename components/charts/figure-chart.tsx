"use client";
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { AXIS, timeTick } from "./axis";

export type FigurePoint = {
  /** Last day of the step. */
  at: Date;
  /** First line, and the second where there is one. */
  value: number | null;
  high: number | null;
  /** What is read on the point. */
  words: string[];
  few: boolean;
};

/**
 * One figure over steps of days, labelled at its end; a step without a figure is a gap, one with too few is a hollow point. `share` lets the
 * axis end at 100 %.
 */
export function FigureChart({
  points,
  word,
  highWord,
  share,
  tick,
}: {
  points: readonly FigurePoint[];
  word: string;
  highWord: string | null;
  share: boolean;
  tick: (value: number) => string;
}) {
  const data = points.map((point) => ({ ...point, t: point.at.getTime() }));
  const values = points.flatMap(({ value, high }) => [value, highWord ? high : null]).filter((one) => one !== null);
  const ticks = share ? shareTicks(Math.min(1, ...values)) : undefined;
  const lines = [
    { key: "value" as const, word, color: "var(--chart-median)", dash: undefined },
    ...(highWord ? [{ key: "high" as const, word: highWord, color: "var(--chart-p95)", dash: "6 3" }] : []),
  ];
  const lastOf = (key: "value" | "high") => data.findLastIndex((point) => point[key] !== null);
  return (
    <div className="h-52 w-full" aria-hidden>
      <ResponsiveContainer>
        <LineChart
          accessibilityLayer={false}
          data={data}
          margin={{ top: 10, right: highWord ? 36 : 12, bottom: 0, left: 4 }}
        >
          <CartesianGrid vertical={false} stroke="var(--chart-grid)" />
          <XAxis
            dataKey="t"
            type="number"
            scale="time"
            domain={["dataMin", "dataMax"]}
            padding={{ left: 8, right: 8 }}
            tickFormatter={(t: number) => timeTick(t, "UTC", "day", true)}
            tick={AXIS}
            stroke="var(--chart-grid)"
            tickLine={false}
            minTickGap={40}
          />
          <YAxis
            domain={ticks ? [ticks[0] ?? 0, 1] : [0, "auto"]}
            ticks={ticks}
            tickFormatter={tick}
            tick={AXIS}
            tickLine={false}
            axisLine={false}
            width={72}
          />
          <Tooltip
            cursor={{ stroke: "var(--control)" }}
            isAnimationActive={false}
            content={({ active, payload }) => {
              const point = payload?.[0]?.payload as FigurePoint | undefined;
              return active && point ? (
                <div className="rounded-md border border-line bg-raised px-2.5 py-1.5 text-xs shadow-lift">
                  {point.words.map((line, at) => (
                    <div key={line} className={at === 0 ? "font-medium" : "text-ink-2"}>
                      {line}
                    </div>
                  ))}
                </div>
              ) : null;
            }}
          />
          {lines.map(({ key, word: name, color, dash }) => (
            <Line
              key={key}
              dataKey={key}
              stroke={color}
              strokeWidth={1.8}
              strokeDasharray={dash}
              dot={({ key: mark, cx, cy, index }) =>
                data[index]?.[key] == null ? (
                  <g key={mark} />
                ) : (
                  <circle
                    key={mark}
                    cx={cx}
                    cy={cy}
                    r={2.5}
                    stroke={color}
                    fill={data[index]?.few ? "var(--surface)" : color}
                  />
                )
              }
              activeDot={{ r: 3 }}
              connectNulls={false}
              isAnimationActive={false}
              label={({ x, y, index }) =>
                highWord && index === lastOf(key) ? (
                  <text x={Number(x) + 6} y={Number(y) + 4} fill={color} fontSize={12} fontWeight={600}>
                    {name}
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

/** Round shares from below the lowest up to 100 %. */
function shareTicks(lowest: number): number[] {
  const step = [0.02, 0.05, 0.1, 0.2].find((one) => (1 - lowest) / one <= 4) ?? 0.25;
  const many = Math.min(Math.round(1 / step), Math.max(2, Math.ceil((1 - lowest) / step + 0.1)));
  return Array.from({ length: many + 1 }, (_, at) => 1 - (many - at) * step);
}
