"use client";
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { cn } from "./class-names";
import { Tooltip } from "./tooltip";

const Now = createContext<number | null>(null);

/** One ticking clock for all relative times on the screen; the server's instant is used until the browser has mounted. */
export function Clock({ serverNowMs, children }: { serverNowMs: number; children: ReactNode }) {
  const [now, setNow] = useState(serverNowMs);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, []);
  return <Now.Provider value={now}>{children}</Now.Provider>;
}

/** The present instant in ms as the screen shows it; steps every 10 s. */
export function useNow(): number {
  const now = useContext(Now);
  if (now === null) throw new Error("useNow needs a Clock above it.");
  return now;
}

const never = () => () => {};

/** The viewer's zone; UTC while the server renders, so that both sides agree. */
export function useZone(): string {
  return useSyncExternalStore(
    never,
    () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC",
    () => "UTC",
  );
}

/** "3 min ago", "in 2 h", "just now"; one unit, cut off. */
export function relative(atMs: number, nowMs: number): string {
  const span = spanOf(Math.abs(nowMs - atMs));
  if (span === null) return "just now";
  return atMs <= nowMs ? `${span} ago` : `in ${span}`;
}

/** "3 min", "2 h", "5 d", or null below a quarter of a minute. */
export function spanOf(ms: number): string | null {
  if (ms < 15_000) return null;
  if (ms < 60_000) return `${Math.floor(ms / 1000)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min`;
  if (ms < 48 * 3_600_000) return `${Math.floor(ms / 3_600_000)} h`;
  return `${Math.floor(ms / 86_400_000)} d`;
}

/** "18:00", with the day in front where it is not today's, in a zone. */
export function clockTime(atMs: number, nowMs: number, zone: string): string {
  const said = absolute(new Date(atMs), zone, false);
  return said.slice(0, 10) === absolute(new Date(nowMs), zone, false).slice(0, 10) ? said.slice(11) : said;
}

/** "2026-11-03 14:05:09" in a zone. */
export function absolute(at: Date, zone: string, seconds = true): string {
  return new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: seconds ? "2-digit" : undefined,
  }).format(at);
}

/** 120 -> "+02:00". */
export function formatOffset(minutes: number): string {
  const abs = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${String(Math.floor(abs / 60)).padStart(2, "0")}:${String(abs % 60).padStart(2, "0")}`;
}

/**
 * An instant: relative with the absolute on hover, or absolute with its age beside it. Hover also shows the source's own wall clock and offset
 * where it had one.
 */
export function Time({
  at,
  offsetMinutes,
  show = "relative",
  className,
}: {
  at: Date | string | number | null;
  offsetMinutes?: number | null;
  show?: "relative" | "absolute" | "both";
  className?: string;
}) {
  const now = useNow();
  const zone = useZone();
  if (at === null) return <span className="text-ink-3">–</span>;
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return <span className="text-ink-3">not a time</span>;
  const age = relative(date.getTime(), now);
  const local = absolute(date, zone);
  return (
    <Tooltip
      content={
        <span className="flex flex-col">
          <span>
            {local} {zone}
          </span>
          {offsetMinutes == null ? null : (
            <span>
              Source: {absolute(new Date(date.getTime() + offsetMinutes * 60_000), "UTC")} {formatOffset(offsetMinutes)}
            </span>
          )}
          {show === "relative" ? null : <span>{age}</span>}
        </span>
      }
    >
      <time dateTime={date.toISOString()} className={cn("whitespace-nowrap", className)} suppressHydrationWarning>
        {show === "relative" ? age : local.slice(0, 16)}
        {show === "both" ? <span className="text-ink-3"> · {age}</span> : null}
      </time>
    </Tooltip>
  );
}

/** How long is left until a due instant; late ones say by how much, with a shape and a word. */
export function Due({ at, className }: { at: Date | string | number; className?: string }) {
  const now = useNow();
  const zone = useZone();
  const date = new Date(at);
  const left = date.getTime() - now;
  const span = spanOf(Math.abs(left)) ?? "now";
  return (
    <Tooltip content={`Due ${absolute(date, zone)} ${zone}`}>
      <time
        dateTime={date.toISOString()}
        suppressHydrationWarning
        className={cn(
          "whitespace-nowrap",
          left < 0 ? "font-medium text-broken" : left < 30 * 60_000 ? "text-late" : "text-ink-2",
          className,
        )}
      >
        {left < 0 ? `${span} over` : `${span} left`}
      </time>
    </Tooltip>
  );
}
