import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { formatCount, formatDuration } from "@/components/ui/number";
import type { Level } from "./types";

/** How long a tracking number takes from the carrier's event to Odoo: p95 against its objective, and the rows that ran over. */
export function TrackingCard({ level, onBreaches }: { level: Level | undefined; onBreaches: () => void }) {
  if (level === undefined) return null;
  const { p95, missed, count, objective } = level;
  const withinMs = objective.withinSeconds * 1000;
  const over = p95 !== null && p95 > withinMs;
  return (
    <section
      aria-label="Tracking number to Odoo"
      className="flex flex-wrap items-center gap-x-6 gap-y-2 rounded-lg border border-line bg-surface px-4 py-3"
    >
      <div>
        <h2 className="text-ink-3 text-xs">Carrier event received → tracking number in Odoo, p95, last 24 h</h2>
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className={`font-semibold text-xl ${over ? "text-broken" : ""}`}>{formatDuration(p95)}</span>
          <span className="text-ink-2">objective {formatDuration(withinMs)}</span>
          {p95 === null ? (
            <span className="text-ink-3">nothing measured</span>
          ) : (
            <Badge tone={over ? "broken" : "ok"} shape={over ? "cross" : "check"}>
              {over ? "over it" : "within it"}
            </Badge>
          )}
        </p>
      </div>
      <p className="min-w-0 flex-1 basis-64 text-ink-3 text-xs">
        {formatCount(count)} numbers. What runs over burns the error budget, which raises an exception and an alert.
        Customers have no tracking page in this version, so there is no clock to it.
      </p>
      <Button onClick={onBreaches} disabled={missed === 0}>
        {missed === 0 ? "None ran over" : `See the ${formatCount(missed)} that ran over`}
      </Button>
    </section>
  );
}
