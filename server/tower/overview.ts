import { allows, type Right } from "@/core/access/rights";
import { perSecondOf } from "@/core/postings/drain";
import { type Attained, attainedOf } from "@/core/service-levels/budget";
import { percentile } from "@/core/service-levels/histogram";
import { type Objective, WORKFLOWS, type Workflow } from "@/core/service-levels/objectives";
import { RANGE_STEPS, rangeStartMs } from "@/core/service-levels/ranges";
import { countPostedSince, listBacklog } from "@/db/queries/odoo";
import { listTotalBuckets } from "@/db/queries/service-levels";
import {
  countByStage,
  countPromises,
  countStanding,
  listConnectionPulses,
  listFeedPulses,
  listPromisesAtRisk,
} from "@/db/queries/tower";
import type { PersonActor } from "../access/actor";
import { cached } from "../cached";
import type { Context } from "../context";
import { readSettings } from "../settings/read";
import { readPipeline } from "../workers/read";
import { connectionLamp, feedLamp } from "./lamps";

const DRAIN_WINDOW_MS = 300_000;

const stages = cached<Awaited<ReturnType<typeof countByStage>>>(3_000, () => Date.now());
const slow = cached<Awaited<ReturnType<typeof readSlow>>>(5_000, () => Date.now());

/** What changes slowly enough to be read once for all viewers. */
async function readSlow(ctx: Context) {
  const now = ctx.now();
  const [promises, atRisk, exceptions, feeds, inbox, connections, backlog, posted, levels] = await Promise.all([
    countPromises(ctx.sql, now),
    listPromisesAtRisk(ctx.sql, now, 50),
    countStanding(ctx.sql, now),
    listFeedPulses(ctx.sql, now),
    readPipeline(ctx),
    listConnectionPulses(ctx.sql),
    listBacklog(ctx.sql),
    countPostedSince(ctx.sql, new Date(now.getTime() - DRAIN_WINDOW_MS), now),
    readLevels(ctx, now),
  ]);
  const nowMs = now.getTime();
  return {
    promises: { ...promises, rows: atRisk },
    exceptions,
    feeds: feeds.map((feed) => ({ ...feed, lamp: feedLamp(feed, nowMs) })),
    inbox: inbox.pipeline,
    odoo: connections.map((connection) => {
      const own = backlog.filter((row) => row.connectionId === connection.id);
      const of = (...states: string[]) =>
        own.filter((row) => states.includes(row.state)).reduce((sum, row) => sum + row.count, 0);
      const taken = posted.filter((row) => row.connectionId === connection.id);
      const perMinute = perSecondOf(taken, DRAIN_WINDOW_MS) * 60;
      const onTheWay = of("planned", "sending", "unconfirmed");
      return {
        id: connection.id,
        name: connection.name,
        version: connection.version,
        observing: connection.observing,
        lamp: connectionLamp(connection, nowMs),
        due: of("planned"),
        held: of("held"),
        refused: of("rejected"),
        dead: of("dead"),
        unconfirmed: of("unconfirmed"),
        perMinute,
        drainMinutes: onTheWay === 0 ? 0 : perMinute > 0 ? onTheWay / perMinute : null,
      };
    }),
    levels,
  };
}

export type Level = Attained & {
  workflow: Workflow;
  objective: Objective;
  hours: (number | null)[];
  p95: number | null;
};

/** Each workflow over the last 24 hours against its objective, with the share that kept it hour by hour. */
export async function readLevels(ctx: Context, now: Date): Promise<Level[]> {
  const since = new Date(rangeStartMs("24h", now.getTime()));
  const [rows, settings] = await Promise.all([listTotalBuckets(ctx.sql, WORKFLOWS, since), readSettings(ctx)]);
  return WORKFLOWS.map((workflow) => {
    const objective = settings.objectives[workflow];
    const own = rows.filter((row) => row.workflow === workflow);
    const all = new Map<number, number>();
    const byHour = new Map<number, Map<number, number>>();
    for (const row of own) {
      all.set(row.bucket, (all.get(row.bucket) ?? 0) + row.count);
      const hour = byHour.get(row.at.getTime()) ?? new Map<number, number>();
      byHour.set(row.at.getTime(), hour.set(row.bucket, (hour.get(row.bucket) ?? 0) + row.count));
    }
    const hours = Array.from({ length: RANGE_STEPS["24h"].steps }, (_, i) => {
      const counts = byHour.get(since.getTime() + i * RANGE_STEPS["24h"].stepMs);
      return counts ? attainedOf(counts, objective).attained : null;
    });
    return { workflow, objective, hours, p95: percentile(all, 95), ...attainedOf(all, objective) };
  });
}

/** The tower by rights: parts that a role may not see are null. */
export async function readOverview(ctx: Context, actor: PersonActor) {
  const may = (right: Right) => allows(actor.role, right);
  const [byStage, { value, atMs }] = await Promise.all([
    stages("all", () => countByStage(ctx.sql)),
    slow("all", () => readSlow(ctx)),
  ]);
  return {
    stages: may("shipments:read") ? { counts: byStage.value, atMs: byStage.atMs } : null,
    promises: may("shipments:read") ? value.promises : null,
    exceptions: may("exceptions:read") ? value.exceptions : null,
    feeds: may("feeds:read") ? value.feeds : null,
    inbox: may("feeds:read") ? value.inbox : null,
    odoo: may("odoo:read") || may("postings:read") ? value.odoo : null,
    levels: may("service_levels:read") ? value.levels : null,
    atMs,
  };
}
