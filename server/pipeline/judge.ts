import { aboutOf } from "@/core/exceptions/about";
import { delayAsEvidence, delayInWords, delayOf } from "@/core/exceptions/delay";
import { DETECTED_KINDS, detect } from "@/core/exceptions/detect";
import { diff, evidenceHash } from "@/core/exceptions/diff";
import type { Finding } from "@/core/exceptions/finding";
import { causeText, fingerprint } from "@/core/exceptions/group";
import { type Stake, sameStake, weigh } from "@/core/exceptions/work-order";
import { toMinor } from "@/core/money";
import type { DesiredPosting } from "@/core/postings/desired";
import { POSTING_ORDER, POSTING_TYPE } from "@/core/postings/kinds";
import { type PlanInput, type PlannedPosting, plan, withdraw } from "@/core/postings/plan";
import {
  CLASS_RANK,
  type ConnectionPolicies,
  classOfPosting,
  holdByPolicy,
  readPolicies,
} from "@/core/postings/policy";
import type { RouteDecision } from "@/core/routing/decide";
import type { Attribute, Json, OdooPicking } from "@/core/shipments/attributes";
import { fold } from "@/core/shipments/fold";
import type { Posted } from "@/core/shipments/owned";
import type { Shipment } from "@/core/shipments/shipment";
import type { ExceptionRow, PostingRow } from "@/db/queries/pipeline/load-judged";
import type { SavedShipment } from "@/db/queries/pipeline/save";
import type { Closing, NewException, NewPosting } from "@/db/queries/pipeline/save-judged";
import type { Environment } from "./environment";
import { anchorsOf, type Family } from "./families";
import { hashId } from "./interpret";
import { pickingOf, routeOf } from "./route";

export type Touch = {
  messageId: string | null;
  receivedAtMs: number;
  correlationId: string | null;
  backfill?: boolean;
};

/** All that changes for one family: what the save step writes. */
export type Judged = {
  family: Family;
  saved: SavedShipment;
  windowMs: number | null;
  open: NewException[];
  close: Closing[];
  refresh: { homeId: string; id: string; finding: Finding; evidenceHash: string }[];
  /** Open exceptions whose money or promise is another one now. */
  restake: { homeId: string; id: string; stake: Stake }[];
  postings: NewPosting[];
  supersede: { shipmentId: string; key: string }[];
  /** Planned postings against which the facts have turned: they wait for a person. */
  hold: { shipmentId: string; key: string }[];
  /** What planning looked at. */
  looked: Pick<PlanInput, "picking" | "policy" | "existing">;
};

const DAY_MS = 86_400_000;
const SENT = new Set(["sending", "unconfirmed", "posted", "verified"]);

/** Folds, judges and plans one family. Pure but for the ids it is given. */
export function judge(
  family: Family,
  exceptions: readonly ExceptionRow[],
  postings: readonly PostingRow[],
  touch: Touch,
  env: Environment,
  deps: { nowMs: number; uuid: () => string },
): Judged {
  const sent = postings.filter((row) => SENT.has(row.state)).sort((a, b) => a.createdAtMs - b.createdAtMs);
  const posted = sent.map((row) => ({
    kind: row.kind,
    ...echoOf(row.desired),
    postedAtMs: row.postedAtMs ?? row.createdAtMs,
    accepted: (row.accepted?.value ?? null) as Json,
  }));
  const echoes = sent.flatMap((row) =>
    row.desired.kind === "tracking_number"
      ? [{ attribute: "tracking_number" as const, value: row.desired.trackingReference, atMs: row.postedAtMs }]
      : [],
  );
  const transferPosted = sent.some(
    (row) => row.kind === "transfer_validated" && (row.state === "posted" || row.state === "verified"),
  );
  const shipment = foldFamily(family, echoes, env, transferPosted);
  const picking = pickingOf(family, shipment, sent);
  const route = routeOf(family, shipment, picking, env, deps.nowMs);
  const odooExpected = env.policies.size > 0;
  const provisional = anchorsOf(family.references, odooExpected).length === 0;
  const judgement = detect({
    shipmentId: family.headId,
    shipment,
    nowMs: deps.nowMs,
    thresholds: env.thresholds,
    provisional,
    firstReceivedAtMs: family.createdAtMs,
    odooExpected,
    picking,
    odoos: route?.by === "none" && env.routing.rules.length > 0 ? env.policies.size : null,
    posted,
    feedName: env.feedName,
    classOf: env.classOf,
  });
  const changes = diff(exceptions, judgement.findings, DETECTED_KINDS);
  const homeOf = new Map(exceptions.map((row) => [row.id, row.homeId]));
  const about = aboutOf(shipment, picking?.connectionId ?? route?.connectionId ?? null);
  const open = changes.open.map((finding) => ({
    ...newException(finding, family.headId, family.headId, touch, deps.uuid()),
    about,
  }));
  const wanted = {
    shipmentId: family.headId,
    shipment,
    picking,
    policy: picking === null ? null : (env.policies.get(picking.connectionId) ?? null),
    existing: postings,
    activities: exceptions
      .filter((row) => row.assigneeId !== null)
      .map((row) => ({
        exceptionId: row.id,
        kind: row.kind,
        text: row.text,
        assigneeLogin: env.odooLogins.get(row.assigneeId ?? "") ?? null,
        dueAtMs: row.dueAtMs,
        open: row.state !== "resolved" && !changes.close.includes(row.id),
      })),
    firstReceivedAtMs: touch.receivedAtMs,
    backfill: touch.backfill ?? false,
    nowMs: deps.nowMs,
    correlationId: touch.correlationId,
  };
  const planned = plan(wanted);
  const stopped = withdraw(wanted);
  const standing = exceptions.filter((row) => row.state !== "resolved").length - changes.close.length + open.length;
  const shipmentOf = new Map(postings.map((row) => [row.key, row.shipmentId]));
  const standingAt = (key: string) => ({ shipmentId: shipmentOf.get(key) ?? family.headId, key });
  return {
    family,
    saved: savedOf(family, shipment, { picking, route, provisional }, judgement.reviewAtMs, Math.max(0, standing)),
    windowMs:
      shipment.terminalAtMs === null ? null : shipment.terminalAtMs + env.thresholds.trackingWindowDays * DAY_MS,
    open,
    close: changes.close.map((id) => ({
      homeId: homeOf.get(id) ?? family.headId,
      id,
      noteId: deps.uuid(),
      ...whyClosed(
        exceptions.find((row) => row.id === id),
        shipment,
        env.thresholds,
      ),
    })),
    refresh: changes.refresh.map(({ id, finding }) => ({
      homeId: homeOf.get(id) ?? family.headId,
      id,
      finding,
      evidenceHash: evidenceHash(finding),
    })),
    restake: exceptions.flatMap((row) => {
      if (row.state === "resolved" || changes.close.includes(row.id)) return [];
      const stake = weigh(row, about, env.thresholds);
      return sameStake(stake, row.stake) ? [] : [{ homeId: row.homeId, id: row.id, stake }];
    }),
    postings:
      picking === null
        ? []
        : planned.map((row) => {
            const policies = env.postingPolicies.get(picking.connectionId) ?? readPolicies({}, [], []);
            return newPosting(row, family.headId, picking, touch, deps.uuid(), policies, deps.nowMs);
          }),
    supersede: [...planned.flatMap((row) => row.supersedes), ...stopped.drop].map(standingAt),
    hold: stopped.hold.map(standingAt),
    looked: { picking, policy: wanted.policy, existing: postings },
  };
}

/** Why recovery closes an exception: of lateness, how late it was in the end. */
function whyClosed(
  row: ExceptionRow | undefined,
  shipment: Shipment,
  thresholds: Environment["thresholds"],
): Pick<Closing, "why" | "evidence"> {
  const delay = row ? delayOf(row, shipment, thresholds) : null;
  if (!row || !delay) return { why: "The cause is gone." };
  return { why: delayInWords(row.kind, delay), evidence: delayAsEvidence(delay) };
}

/** The attribute that a posting wrote, as Odoo will say it back: a carrier price that is our own is no expectation. */
function echoOf(desired: DesiredPosting): { attribute: Attribute | null; value: Json } {
  if (desired.kind === "tracking_number") return { attribute: "tracking_number", value: desired.trackingReference };
  if (desired.kind !== "freight_cost") return { attribute: null, value: null };
  const { price, currency } = desired;
  return { attribute: "expected_freight", value: { amountMinor: toMinor(price, currency), currency } };
}

/** The fold of all that is known of a family. */
export function foldFamily(
  family: Family,
  posted: readonly Posted[],
  env: Environment,
  transferPosted: boolean,
): Shipment {
  const packages = new Map<string, { number: string; issuer: string | null; master: boolean; odooOnly: boolean }>();
  for (const row of family.references) {
    if (!row.package) continue;
    const known = packages.get(row.value);
    packages.set(row.value, {
      number: row.value,
      issuer: known?.issuer ?? (row.issuer === "" ? null : row.issuer),
      master: row.master || (known?.master ?? false),
      odooOnly: env.classOf(row.feedId) === "odoo" && (known?.odooOnly ?? true),
    });
  }
  return fold({
    events: family.events,
    claims: family.claims,
    packages: [...packages.values()],
    posted,
    transferPosted,
    ownership: env.ownership,
    thresholds: env.thresholds,
    skewMinutesOf: (feedId) => env.readings.get(feedId)?.skewMinutes ?? undefined,
  });
}

/** An exception row for a finding, with its group. */
export function newException(
  finding: Finding,
  homeId: string,
  shipmentId: string | null,
  touch: Touch,
  id: string,
): NewException {
  const print = fingerprint(finding);
  return {
    homeId,
    id,
    finding: { ...finding, messageId: finding.messageId ?? touch.messageId },
    evidenceHash: evidenceHash(finding),
    groupId: hashId(`group\u001f${print}`),
    fingerprint: print,
    groupCause: causeText(finding),
    shipmentId,
    connectionId: null,
    postingKey: null,
    correlationId: touch.correlationId,
  };
}

function newPosting(
  row: PlannedPosting,
  shipmentId: string,
  picking: OdooPicking,
  touch: Touch,
  id: string,
  policies: ConnectionPolicies,
  nowMs: number,
): NewPosting {
  const hold = row.held === null ? holdByPolicy(row.kind, policies, nowMs) : null;
  return {
    shipmentId,
    key: row.key,
    id,
    kind: row.kind,
    level: POSTING_TYPE[row.kind] === "level",
    record: {
      connectionId: picking.connectionId,
      ...row.record,
      companyId: picking.companyId ?? 1,
    },
    recordName: picking.name,
    lane: row.record.id & 63,
    sequence: POSTING_ORDER[row.kind],
    urgency: CLASS_RANK[classOfPosting(row.kind, row.key.slice(row.key.lastIndexOf("-") + 1), policies)],
    dueAtMs: hold?.untilMs ?? null,
    desired: row.desired,
    before: row.before,
    after: row.after,
    held: row.held ?? hold?.because ?? null,
    correlationId: touch.correlationId,
    messageId: touch.messageId,
    receivedAtMs: row.receivedAtMs ?? touch.receivedAtMs,
  };
}

const text = (value: Json | undefined): string | null =>
  typeof value === "string" && value !== "" ? value.slice(0, 200) : null;

function named(value: Json | undefined): string | null {
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return text(value.name);
  return text(value);
}

function savedOf(
  family: Family,
  shipment: Shipment,
  { picking, route, provisional }: { picking: OdooPicking | null; route: RouteDecision | null; provisional: boolean },
  reviewAtMs: number | null,
  openExceptions: number,
): SavedShipment {
  const said = (kind: string) => family.references.find((row) => row.kind === kind)?.said;
  const tracking = said("tracking_number") ?? null;
  return {
    shipmentId: family.headId,
    provisional,
    name: (picking?.name ?? said("sales_order") ?? tracking ?? family.references[0]?.said ?? family.headId).slice(
      0,
      200,
    ),
    trackingNumber: tracking,
    carrier: named(shipment.attributes.carrier?.value),
    service: named(shipment.attributes.service?.value),
    warehouse: named(shipment.attributes.warehouse?.value),
    customer: named(shipment.attributes.customer?.value),
    channel: named(shipment.attributes.channel?.value),
    connectionId: picking?.connectionId ?? null,
    pickingId: picking?.pickingId ?? null,
    firstFeedId: family.firstFeedId,
    createdAtMs: family.createdAtMs,
    reviewAtMs,
    openExceptions: Math.min(openExceptions, 32_000),
    route,
    shipment,
  };
}
