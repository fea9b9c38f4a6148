import { anchorsIn } from "@/core/shipments/anchors";
import type { StoredClaim } from "@/core/shipments/attributes";
import type { Candidate, Hit } from "@/core/shipments/match";
import type { Tx } from "@/db/client";
import {
  type ClaimRow,
  type EventRow,
  findReferences,
  loadClaims,
  loadEvents,
  loadFamilies,
  loadReferences,
  type ReferenceRow,
  type ShipmentRow,
} from "@/db/queries/pipeline/load";
import { lockReferences, lockShipments } from "@/db/queries/pipeline/locks";
import type { Environment } from "./environment";

/** A head with its linked members and all facts of them, held under lock. */
export type Family = {
  headId: string;
  /** Not stored yet. */
  fresh: boolean;
  members: Map<string, ShipmentRow | null>;
  references: ReferenceRow[];
  events: EventRow[];
  /** Newest row by key, withdrawn ones too. */
  byKey: Map<string, EventRow>;
  claims: ClaimRow[];
  firstFeedId: number;
  createdAtMs: number;
};

/** All families of a batch and the index by which facts find theirs. */
export class Families {
  readonly byHead = new Map<string, Family>();
  private readonly headOf = new Map<string, string>();
  private readonly byValue = new Map<string, ReferenceRow[]>();

  family(shipmentId: string): Family | undefined {
    return this.byHead.get(this.headOf.get(shipmentId) ?? shipmentId);
  }

  add(family: Family): void {
    this.byHead.set(family.headId, family);
    for (const id of family.members.keys()) this.headOf.set(id, family.headId);
    for (const row of family.references) this.index(row);
  }

  /** Lets later facts of the batch find this reference. */
  index(row: ReferenceRow): void {
    const rows = this.byValue.get(row.value);
    if (rows) rows.push(row);
    else this.byValue.set(row.value, [row]);
  }

  hits(values: Iterable<string>): Hit[] {
    const hits: Hit[] = [];
    for (const value of values) {
      for (const row of this.byValue.get(value) ?? []) {
        const reference = {
          kind: row.kind,
          issuer: row.issuer === "" ? null : row.issuer,
          value: row.value,
          said: row.said,
        };
        hits.push({
          reference,
          shipmentId: this.headOf.get(row.shipmentId) ?? row.shipmentId,
          liveUntilMs: row.liveUntilMs,
        });
      }
    }
    return hits;
  }

  candidates(hits: readonly Hit[], odooExpected: boolean): Map<string, Candidate> {
    const candidates = new Map<string, Candidate>();
    for (const { shipmentId } of hits) {
      const family = this.byHead.get(shipmentId);
      if (family && !candidates.has(shipmentId)) candidates.set(shipmentId, candidateOf(family, odooExpected));
    }
    return candidates;
  }

  /** Makes `member` part of `head`: one family from here on. */
  link(head: Family, member: Family): void {
    for (const [id, row] of member.members) {
      head.members.set(id, row);
      this.headOf.set(id, head.headId);
    }
    head.references.push(...member.references);
    head.events.push(...member.events);
    head.claims.push(...member.claims);
    for (const event of member.events) remember(head, event);
    head.createdAtMs = Math.min(head.createdAtMs, member.createdAtMs);
    this.byHead.delete(member.headId);
  }
}

/** Keeps the newest row of an event's key. */
export function remember(family: Family, event: EventRow): void {
  const known = family.byKey.get(event.key);
  if (!known || event.generation >= known.generation) family.byKey.set(event.key, event);
}

const ANCHORS_WITHOUT_ODOO = new Set(["wms_shipment", "tms_load", "marketplace_fulfilment"]);

/** References that make a shipment more than provisional. */
export function anchorsOf(references: readonly ReferenceRow[], odooExpected: boolean): string[] {
  const pickings = references.filter((row) => row.kind === "odoo_picking").map((row) => row.value);
  if (pickings.length > 0 || odooExpected) return pickings;
  return references.filter((row) => ANCHORS_WITHOUT_ODOO.has(row.kind)).map((row) => row.value);
}

/** Read on demand: most facts find their home by one number and ask for none of it. */
function candidateOf(family: Family, odooExpected: boolean): Candidate {
  const { references, claims } = family;
  return {
    shipmentId: family.headId,
    get anchored() {
      return anchorsOf(references, odooExpected).length > 0;
    },
    get anchors() {
      return anchorsIn(references);
    },
    get warehouse() {
      return family.members.get(family.headId)?.warehouse ?? warehouseClaimed(claims);
    },
    get packages() {
      return [...new Set(references.filter((row) => row.package).map((row) => row.value))];
    },
    get products() {
      return productsOf(claims);
    },
  };
}

function warehouseClaimed(claims: readonly StoredClaim[]): string | null {
  const claim = claims.find((c) => c.attribute === "warehouse");
  return typeof claim?.value === "string" ? claim.value : null;
}

function productsOf(claims: readonly StoredClaim[]): string[] {
  const codes = new Set<string>();
  for (const claim of claims) {
    if (claim.attribute !== "quantities" || !Array.isArray(claim.value)) continue;
    for (const line of claim.value) {
      if (line !== null && typeof line === "object" && !Array.isArray(line) && typeof line.code === "string")
        codes.add(line.code);
    }
  }
  return [...codes];
}

/** A family for facts that match nothing yet. */
export function freshFamily(headId: string, firstFeedId: number, createdAtMs: number): Family {
  return {
    headId,
    fresh: true,
    members: new Map([[headId, null]]),
    references: [],
    events: [],
    byKey: new Map(),
    claims: [],
    firstFeedId,
    createdAtMs,
  };
}

/** Locks reference values, then what they name, and loads it: reference locks first, shipment locks second, each sorted. */
export async function loadByReferences(
  tx: Tx,
  env: Environment,
  values: ReadonlySet<string>,
  also: readonly string[],
): Promise<Families> {
  await lockReferences(tx, values);
  const hits = await findReferences(tx, [...values]);
  const families = await loadLocked(tx, env, [...new Set([...hits.map((hit) => hit.shipmentId), ...also])]);
  return families;
}

/** Locks shipments with their heads and members, and loads all facts of them. */
export async function loadLocked(tx: Tx, env: Environment, ids: readonly string[]): Promise<Families> {
  const families = new Families();
  if (ids.length === 0) return families;
  const locked = new Set(ids);
  await lockShipments(tx, locked);
  let rows = await loadFamilies(tx, ids);
  // Membership read under the lock may name more; whoever links holds the locks of both, so this ends after one or two rounds.
  for (let more = unlocked(rows, locked); more.length > 0; more = unlocked(rows, locked)) {
    await lockShipments(tx, more);
    for (const id of more) locked.add(id);
    rows = await loadFamilies(tx, [...locked]);
  }
  const all = rows.map((row) => row.shipmentId);
  const references = groupBy(await loadReferences(tx, all));
  const events = groupBy(await loadEvents(tx, all, env.classOf));
  const claims = groupBy(await loadClaims(tx, all, env.classOf));
  const heads = new Map<string, ShipmentRow[]>();
  for (const row of rows) {
    const head = row.headId ?? row.shipmentId;
    const list = heads.get(head);
    if (list) list.push(row);
    else heads.set(head, [row]);
  }
  for (const [headId, members] of heads) {
    const own = members.find((row) => row.shipmentId === headId) ?? members[0];
    if (!own) continue;
    const family: Family = {
      headId,
      fresh: false,
      members: new Map(members.map((row) => [row.shipmentId, row])),
      references: members.flatMap((row) => references.get(row.shipmentId) ?? []),
      events: members.flatMap((row) => events.get(row.shipmentId) ?? []),
      byKey: new Map(),
      claims: members.flatMap((row) => claims.get(row.shipmentId) ?? []),
      firstFeedId: own.firstFeedId,
      createdAtMs: Math.min(...members.map((row) => row.createdAtMs)),
    };
    for (const event of family.events) remember(family, event);
    families.add(family);
  }
  return families;
}

function unlocked(rows: readonly ShipmentRow[], locked: ReadonlySet<string>): string[] {
  return rows.map((row) => row.shipmentId).filter((id) => !locked.has(id));
}

function groupBy<T extends { shipmentId: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const list = groups.get(row.shipmentId);
    if (list) list.push(row);
    else groups.set(row.shipmentId, [row]);
  }
  return groups;
}
