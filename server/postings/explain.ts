import { type Check, checksOf } from "@/core/postings/checks";
import { connectionPolicy, testedIn } from "@/core/postings/connection-policy";
import type { PostingVerdict } from "@/core/postings/desired";
import { enrichedFields, type PostingExplained, withNames } from "@/core/postings/enriched";
import type { OdooPicking } from "@/core/shipments/attributes";
import type { Shipment } from "@/core/shipments/shipment";
import type { Tx } from "@/db/client";
import { type ConnectionRow, listConnections } from "@/db/queries/odoo";
import type { DuePosting } from "@/db/queries/outbox";
import { loadPostings, type PostingRow } from "@/db/queries/pipeline/load-judged";
import type { NewPosting } from "@/db/queries/pipeline/save-judged";
import { listPostedStates, loadValueSources } from "@/db/queries/posting-sources";
import { listFeedNames } from "@/db/queries/shipment-page";
import type { Environment } from "../pipeline/environment";
import type { Judged } from "../pipeline/judge";

export type Explainable = Pick<
  DuePosting,
  "shipmentId" | "key" | "kind" | "desired" | "state" | "heldBecause" | "companyId"
> & { connectionId: number };

type Ground = { shipment: Shipment | null; family: string[]; existing: PostingRow[] };

/** What the checks of postings rest on, read for many at once: their shipments with all postings of these, and the connections. */
export type Grounds = {
  byShipment: ReadonlyMap<string, Ground>;
  connections: ReadonlyMap<number, ConnectionRow>;
};

export async function loadGrounds(sql: Tx, shipmentIds: readonly string[]): Promise<Grounds> {
  const [states, connections] = await Promise.all([
    listPostedStates(sql, [...new Set(shipmentIds)]),
    listConnections(sql),
  ]);
  const existing = await loadPostings(sql, [...new Set(states.flatMap(({ family }) => family))]);
  const byShipment = new Map(
    states.map(({ shipmentId, family, state }): [string, Ground] => [
      shipmentId,
      {
        shipment: state.attributes === undefined ? null : (state as Shipment),
        family,
        existing: existing.filter((row) => family.includes(row.shipmentId)),
      },
    ]),
  );
  return {
    byShipment,
    connections: new Map(connections.filter(({ state }) => state !== "archived").map((row) => [row.id, row])),
  };
}

/** The checks of one posting as it stands now. `verdict`: Odoo as it was read for it, null where it could not be. */
export function checksFor(posting: Explainable, grounds: Grounds, verdict?: PostingVerdict | null): Check[] {
  const { shipment = null, existing = [] } = grounds.byShipment.get(posting.shipmentId) ?? {};
  const connection = grounds.connections.get(posting.connectionId);
  return checksOf({
    posting,
    shipment,
    picking: (shipment?.attributes.odoo_picking?.value ?? null) as OdooPicking | null,
    policy: connection === undefined ? null : connectionPolicy(connection),
    existing,
    tested: testedIn(connection?.lastTest),
    ...(verdict !== undefined && { verdict }),
  });
}

/** Where the values of a posting come from, and every check of it. */
export async function explainPosting(
  sql: Tx,
  posting: Explainable,
  verdict?: PostingVerdict | null,
): Promise<PostingExplained> {
  const [grounds, feeds] = await Promise.all([loadGrounds(sql, [posting.shipmentId]), listFeedNames(sql)]);
  const { shipment = null, family = [] } = grounds.byShipment.get(posting.shipmentId) ?? {};
  const keys = Object.values(shipment?.reached ?? {}).flatMap(({ key }) => (key === null ? [] : [key]));
  const sources = await loadValueSources(sql, family, keys, feeds);
  const byId = new Map(feeds.map((feed) => [feed.id, feed]));
  return {
    checks: checksFor(posting, grounds, verdict),
    fields: withNames(enrichedFields(posting, { shipment, ...sources }), (id) => byId.get(id)),
  };
}

/** The same of a posting that was planned a moment ago and may not be stored. */
export function explainPlanned(judged: Judged, posting: NewPosting, env: Environment): PostingExplained {
  const { family, saved, looked } = judged;
  const { companyId, connectionId } = posting.record;
  const state = posting.held === null ? "planned" : "held";
  const checks = checksOf({
    posting: { ...posting, state, heldBecause: posting.held, companyId },
    shipment: saved.shipment,
    ...looked,
    tested: env.tested.get(connectionId) ?? null,
  });
  const sources = {
    shipment: saved.shipment,
    claims: family.claims,
    events: family.events.map(({ key, feedId, raw }) => ({ key, feedId, word: raw.word })),
  };
  return { checks, fields: withNames(enrichedFields(posting, sources), (id) => env.readings.get(id)) };
}
