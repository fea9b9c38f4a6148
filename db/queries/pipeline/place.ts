import { ABOUT_NOTHING, type About, aboutOf } from "@/core/exceptions/about";
import { connectionOf, type Owners, ownersSchema, ruleFor } from "@/core/exceptions/owner-rules";
import { covers, type WindowScope } from "@/core/exceptions/quiet-window";
import { DEFAULT_THRESHOLDS, type Thresholds, thresholdsSchema } from "@/core/exceptions/thresholds";
import { type Stake, weigh } from "@/core/exceptions/work-order";
import type { Shipment } from "@/core/shipments/shipment";
import type { Tx } from "@/db/client";
import type { NewException } from "./save-judged";

/** Where a new exception goes: into the queue or out of sight, to whom, and its place in the order of work. */
export type Placement = {
  state: "open" | "snoozed" | "suppressed";
  windowId: string | null;
  assigneeId: string | null;
  teamId: string | null;
  stake: Stake;
};

export type Placing = {
  owners: Owners;
  thresholds: Thresholds;
  windows: readonly (WindowScope & { id: string })[];
  /** Which Odoo each feed reads that reads one. */
  connections: ReadonlyMap<number, number>;
  /** Causes that are put away as a whole. */
  putAway: ReadonlySet<string>;
};

/** Reads what decides about new exceptions: rules of owners, limits, windows that run, feeds of Odoo, causes put away. One statement over small tables. */
export async function loadPlacing(tx: Tx, groupIds: readonly string[], now: Date): Promise<Placing> {
  const [row] = await tx<
    {
      settings: Record<string, unknown> | null;
      windows: (WindowScope & { id: string })[] | null;
      connections: { feed: number; connection: number }[] | null;
      away: string[] | null;
    }[]
  >`select (select jsonb_object_agg(name, value) from setting where name in ('owners', 'thresholds')) as settings,
      (select jsonb_agg(jsonb_build_object('id', id, 'feedId', feed_id, 'toldCarriers', told_carriers, 'carrier', carrier, 'kind', kind) order by created_at) from quiet_window
        where lifted_at is null and ended_at is null and from_at <= ${now} and to_at > ${now}) as windows,
      (select jsonb_agg(jsonb_build_object('feed', id, 'connection', connection_id)) from feed where connection_id is not null) as connections,
      (select jsonb_agg(group_id) from exception_snooze where group_id = any(${[...groupIds]}::uuid[])) as away`;
  const owners = ownersSchema.safeParse(row?.settings?.owners ?? {});
  const thresholds = thresholdsSchema.safeParse(row?.settings?.thresholds ?? {});
  return {
    owners: owners.success ? owners.data : { teams: [], rules: [] },
    thresholds: thresholds.success ? thresholds.data : DEFAULT_THRESHOLDS,
    windows: row?.windows ?? [],
    connections: new Map((row?.connections ?? []).map((one) => [one.feed, one.connection])),
    putAway: new Set(row?.away ?? []),
  };
}

/** Places new exceptions. What is not known of their shipments is read; a rule that names a person who left gives to nobody. */
export async function placeNew(tx: Tx, rows: readonly NewException[], now: Date): Promise<Placement[]> {
  const placing = await loadPlacing(tx, [...new Set(rows.map((row) => row.groupId))], now);
  const unknown = rows.flatMap((row) => (row.about === undefined && row.shipmentId !== null ? [row.shipmentId] : []));
  const about = await loadAbout(tx, [...new Set(unknown)]);
  return rows.map((row) => {
    const known = row.about ?? about.get(row.shipmentId ?? "") ?? ABOUT_NOTHING;
    const { kind, severity, feedId } = row.finding;
    const feed = feedId === null ? null : (placing.connections.get(feedId) ?? null);
    const connectionId = connectionOf({ own: row.connectionId, shipment: known.connectionId, feed });
    const subject = { kind, severity, feedId, ...known, connectionId };
    const window = placing.windows.find((one) => covers(one, subject));
    const to = placing.owners.rules[ruleFor(placing.owners.rules, subject)]?.to;
    return {
      state: window ? "suppressed" : placing.putAway.has(row.groupId) ? "snoozed" : "open",
      windowId: window?.id ?? null,
      assigneeId: to && "person" in to ? to.person : null,
      teamId: to && "team" in to ? to.team : null,
      stake: weigh({ kind, severity, openedAtMs: now.getTime() }, known, placing.thresholds),
    };
  });
}

/** What exceptions inherit from shipments, read from their stored fold. */
export async function loadAbout(tx: Tx, shipmentIds: readonly string[]): Promise<Map<string, About>> {
  if (shipmentIds.length === 0) return new Map();
  const rows = await tx<{ id: string; connection: number | null; state: Partial<Shipment> }[]>`
    select shipment_id as id, coalesce(connection_id, (route ->> 'connectionId')::int) as connection, state from shipment where shipment_id = any(${[...shipmentIds]}::uuid[])`;
  return new Map(rows.map((row) => [row.id, aboutOf(row.state, row.connection)]));
}
