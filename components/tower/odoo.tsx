import Link from "next/link";
import { cn } from "@/components/ui/class-names";
import { FLOW_SHAPE, FLOW_TONE } from "@/components/ui/flow";
import { Mark } from "@/components/ui/mark";
import { formatCount, formatDuration } from "@/components/ui/number";
import { Part } from "./part";
import type { Overview } from "./types";

type Connection = NonNullable<Overview["odoo"]>[number];

/** Each Odoo: whether it answers, what waits for it and when that is done at the present pace. */
export function Odoo({ connections }: { connections: readonly Connection[] }) {
  return (
    <Part title="Odoo" href="/settings/odoo" aside="pace of the last 5 minutes">
      {connections.length === 0 ? (
        <p className="px-4 pb-4 text-ink-2">
          No Odoo is connected yet. An administrator adds the first one under{" "}
          <Link href="/settings/odoo" className="text-accent underline-offset-2 hover:underline">
            Odoo
          </Link>
          .
        </p>
      ) : (
        connections.map((c) => (
          <div key={c.id} className="border-line border-t px-4 py-2.5 first-of-type:border-t-0">
            <p className="flex items-center gap-1.5">
              <Mark shape={FLOW_SHAPE[c.lamp.flow]} className={FLOW_TONE[c.lamp.flow]} />
              <span className={c.lamp.flow === "ok" ? "" : "font-medium"}>{c.lamp.words}</span>
              {c.version ? <span className="ml-auto text-ink-3 text-xs">Odoo {c.version}, direct</span> : null}
            </p>
            <dl className="mt-1.5 grid grid-cols-3 gap-2">
              <Figure word="Due" value={c.due} href={`/postings?tab=due&connection=${c.id}`} />
              <Figure word="Held" value={c.held} href={`/postings?tab=waiting&connection=${c.id}`} />
              <div>
                <dt className="text-ink-3 text-xs">Done in</dt>
                <dd className="font-semibold text-base">{drain(c)}</dd>
              </div>
              <Figure word="Refused" value={c.refused} href={`/postings?tab=rejected&connection=${c.id}`} bad />
              <Figure
                word="No answer"
                value={c.unconfirmed}
                href={`/postings?tab=unconfirmed&connection=${c.id}`}
                bad
              />
              <Figure word="Given up" value={c.dead} href={`/postings?tab=dead&connection=${c.id}`} bad />
            </dl>
          </div>
        ))
      )}
    </Part>
  );
}

function drain(c: Connection): string {
  if (c.drainMinutes === 0) return "nothing to do";
  return c.drainMinutes === null ? "unknown" : formatDuration(Math.max(1, c.drainMinutes) * 60_000);
}

function Figure({ word, value, href, bad = false }: { word: string; value: number; href: string; bad?: boolean }) {
  return (
    <div>
      <dt className="text-ink-3 text-xs">{word}</dt>
      <dd className={cn("font-semibold text-base", bad && value > 0 && "text-broken")}>
        <Link href={href} className="underline-offset-2 hover:underline">
          {formatCount(value)}
        </Link>
      </dd>
    </div>
  );
}
