import type { FeedClass } from "@/core/feeds/feed";
import type { HoldReason, PostingKind, PostingState } from "@/core/postings/kinds";
import type { Json } from "@/core/shipments/attributes";
import type { Shipment } from "@/core/shipments/shipment";
import { type Aspect, type Compared, OPEN_VERDICTS, type Pair, type Verdict } from "./aspects";
import type { Comparison, OdooHeld, Said } from "./compare";

/** Why systems differ. */
export const CAUSES = [
  "never_posted",
  "refused",
  "changed_by_hand",
  "not_kept",
  "late_feed",
  "wrong_match",
  "mapping",
  "lost_by_source",
] as const;
export type CauseName = (typeof CAUSES)[number];

/** The newest posting of a kind; `atMs` is when it went out, null while it has not. */
export type PostingFact = {
  id: string;
  key: string;
  kind: PostingKind;
  state: PostingState;
  held: HoldReason | null;
  reason: string | null;
  atMs: number | null;
  /** When the fact behind it came, and how long after it happened; null where neither is known. */
  lateByMs: number | null;
};

/** A source that should have spoken. */
export type SourceFact = { feedId: number; name: string; feedClass: FeedClass; silent: boolean; spoke: boolean };

export type Evidence = {
  shipment: Shipment | null;
  odoo: OdooHeld | null;
  postings: readonly PostingFact[];
  /** The Odoo user behind Waypost's key; null where the server does not say. */
  ownUserId: number | null;
  /** Tracking numbers said of this shipment that stand on another one. */
  elsewhere: readonly { number: string; shipmentId: string; name: string }[];
  sources: readonly SourceFact[];
  /** From so long after it happened news are late. */
  lateMs: number;
};

/** One aspect in which systems differ, with the values, the verdicts by pair and the cause. */
export type Difference = {
  aspect: Aspect;
  said: Said;
  verdicts: Partial<Record<Pair, Verdict>>;
  cause: CauseName;
  /** The cause in one sentence. */
  why: string;
  /** Who changed it in Odoo, and when, as Odoo tells. */
  by: { id: number; name: string; atMs: number | null } | null;
  posting: { id: string; key: string; kind: PostingKind; state: PostingState; held: HoldReason | null } | null;
  feedId: number | null;
  /** The word without a meaning, or the number of a wrong match. */
  word: string | null;
  /** The other shipment of a wrong match. */
  other: { shipmentId: string; name: string } | null;
};

/** Postings that make Odoo hold an aspect; the first one that this version knows counts. */
export const POSTINGS_OF: Readonly<Record<Aspect, readonly string[]>> = {
  state: ["transfer_validated"],
  tracking: ["tracking_number"],
  quantities: ["transfer_validated"],
  freight: ["freight_cost"],
  proof: ["proof_of_delivery"],
  returns: ["return_transfer"],
  exceptions: ["exception_activity"],
  invoices: ["customer_invoice"],
};

const SENT: ReadonlySet<PostingState> = new Set(["posted", "verified"]);
const REFUSED: ReadonlySet<PostingState> = new Set(["rejected", "dead"]);
const ON_THE_WAY: ReadonlySet<PostingState> = new Set(["planned", "sending", "unconfirmed"]);

/** Lists the aspects in which systems differ, each with its cause. What was accepted or agrees is left out. */
export function differences({ said, compared }: Comparison, evidence: Evidence): Difference[] {
  const byAspect = Map.groupBy(
    compared.filter(({ verdict }) => OPEN_VERDICTS.includes(verdict)),
    ({ aspect }) => aspect,
  );
  return [...byAspect].map(([aspect, open]) => {
    const verdicts = Object.fromEntries(open.map(({ pair, verdict }) => [pair, verdict]));
    const found = causeOf(aspect, said[aspect] ?? {}, open, evidence);
    return { ...NONE, aspect, said: said[aspect] ?? {}, verdicts, ...found };
  });
}

type Found = Pick<Difference, "cause" | "why"> &
  Partial<Pick<Difference, "by" | "posting" | "feedId" | "word" | "other">>;
const NONE = { by: null, posting: null, feedId: null, word: null, other: null };

/** Names the cause of one difference from what is known, the most certain evidence first. */
function causeOf(aspect: Aspect, said: Said, open: readonly Compared[], evidence: Evidence): Found {
  const { shipment, odoo } = evidence;
  if (shipment === null)
    return ofSource(evidence, "odoo", `Waypost was never told of ${odoo?.name ?? "this transfer"}, and reads it now`);
  return (
    mapping(aspect, said, evidence) ??
    wrongMatch(aspect, evidence) ??
    (odoo === null ? gone() : null) ??
    (aspect === "exceptions" && !isOpen(open, "waypost_odoo") ? ofReport(said, open, evidence) : null) ??
    (isOpen(open, "waypost_odoo") && ahead(aspect, said, open) ? ofPosting(aspect, said, evidence) : null) ??
    ofSource(
      evidence,
      open.some(({ pair }) => pair.startsWith("warehouse")) && !open.some(({ pair }) => pair.startsWith("carrier"))
        ? "warehouse"
        : "carrier",
      null,
    )
  );
}

/** What a source reports and Waypost, or Odoo, has not; or still has though the source reports it no longer. */
function ofReport(said: Said, open: readonly Compared[], evidence: Evidence): Found | null {
  const system = open[0]?.pair.startsWith("warehouse") ? "warehouse" : "carrier";
  const reported = said[system];
  if (reported === null || reported === undefined)
    return ofSource(evidence, system, `The ${system} does not report any more what is still open`);
  const here = isOpen(open, `${system}_waypost`) ? "Waypost has no exception of it" : "Odoo has no activity of it";
  return { cause: "never_posted", why: `The ${system} reports ${inWords(reported)}, and ${here}` };
}

function inWords(value: Json): string {
  return (Array.isArray(value) ? value : [value]).map((one) => String(one).replaceAll("_", " ")).join(", ");
}

function isOpen(open: readonly Compared[], pair: Pair): boolean {
  return open.some((one) => one.pair === pair);
}

/** Whether Waypost knows something that Odoo does not hold: then it is about what was posted, else about what was told. */
function ahead(aspect: Aspect, said: Said, open: readonly Compared[]): boolean {
  if (said.waypost === null || said.waypost === undefined) return aspect === "exceptions";
  if (aspect === "state") return said.odoo !== "done";
  if (aspect === "invoices") return said.waypost === "delivered";
  return open.length > 0;
}

/** A word of a source that nobody mapped, or a product that two systems call by different names. */
function mapping(aspect: Aspect, said: Said, { shipment, sources }: Evidence): Found | null {
  if (aspect === "state" || aspect === "returns") {
    const word = shipment?.unmapped.find(({ feedId }) =>
      sources.some((source) => source.feedId === feedId && source.feedClass !== "odoo"),
    );
    if (!word) return null;
    const name = sources.find(({ feedId }) => feedId === word.feedId)?.name ?? "A source";
    return {
      cause: "mapping",
      why: `${name} says “${word.word}”, which has no meaning yet`,
      feedId: word.feedId,
      word: word.word,
    };
  }
  if (aspect !== "quantities") return null;
  const [theirs, ours] = [linesOf(said.odoo), linesOf(said.warehouse ?? said.waypost)];
  const onlyTheirs = [...theirs].filter(([code]) => !ours.has(code));
  const onlyOurs = [...ours].filter(([code]) => !theirs.has(code));
  const sum = (lines: readonly [string, number][]) => lines.reduce((total, [, quantity]) => total + quantity, 0);
  if (onlyOurs.length === 0 || onlyTheirs.length === 0 || Math.abs(sum(onlyOurs) - sum(onlyTheirs)) > 0.000_01)
    return null;
  const word = onlyOurs[0]?.[0] ?? null;
  const feedId = shipment?.attributes.quantities?.feedId ?? null;
  return { cause: "mapping", why: `What is called ${word} here is ${onlyTheirs[0]?.[0]} in Odoo`, word, feedId };
}

function linesOf(value: Json | undefined): Map<string, number> {
  return new Map(
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.entries(value).map(([code, quantity]) => [code, Number(quantity)])
      : [],
  );
}

/** A number that stands on another shipment too. */
function wrongMatch(aspect: Aspect, { elsewhere }: Evidence): Found | null {
  if (aspect !== "tracking" && aspect !== "state" && aspect !== "returns") return null;
  const other = elsewhere[0];
  if (!other) return null;
  const { shipmentId, name } = other;
  return {
    cause: "wrong_match",
    why: `The tracking number ${other.number} is that of ${name}`,
    word: other.number,
    other: { shipmentId, name },
  };
}

function gone(): Found {
  return {
    cause: "changed_by_hand",
    why: "The transfer was deleted in Odoo, or taken out of the sight of Waypost's user",
  };
}

function writer({ odoo, ownUserId }: Evidence): Difference["by"] {
  if (!odoo?.writtenBy || odoo.writtenBy.id === ownUserId) return null;
  return { ...odoo.writtenBy, atMs: odoo.writtenAtMs };
}

/** Odoo's own user, under whom its scheduled actions run; where a person works with that number, it has another name. */
const isOdooBot = (by: Difference["by"]) => by?.id === 1 && by.name === "OdooBot";
/** As far as Odoo's clock may be from ours. */
const CLOCKS_APART_MS = 60_000;

/** Whether a person wrote in Odoo after it had taken the posting. */
function isByHand(by: Difference["by"], { atMs }: PostingFact): boolean {
  if (by === null || isOdooBot(by)) return false;
  return atMs === null || by.atMs === null || by.atMs >= atMs - CLOCKS_APART_MS;
}

function notKept(by: Difference["by"]): string {
  return isOdooBot(by)
    ? `Odoo accepted it, and OdooBot set it otherwise: a rule or scheduled action there`
    : "Odoo accepted it and does not hold it, though no other person wrote since: a rule or automation there took it back, or the write was lost";
}

function ofPosting(aspect: Aspect, said: Said, evidence: Evidence): Found {
  const newest = evidence.postings.find(({ kind }) => POSTINGS_OF[aspect].includes(kind));
  const by = writer(evidence);
  const hand = by === null ? "in Odoo" : `by ${by.name} in Odoo`;
  if (newest === undefined) {
    const byHand =
      (aspect === "state" && said.odoo === "cancel") ||
      (aspect === "quantities" && by !== null) ||
      (aspect === "tracking" && said.odoo !== null && by !== null);
    if (byHand) return { cause: "changed_by_hand", why: `It was set ${hand} and never by Waypost`, by };
    return { cause: "never_posted", why: "No posting was ever planned for it" };
  }
  const { id, key, kind, state, held } = newest;
  const posting = { id, key, kind, state, held };
  if (REFUSED.has(state)) return { cause: "refused", why: newest.reason ?? "Odoo refused it", posting };
  if (SENT.has(state))
    return isByHand(by, newest)
      ? { cause: "changed_by_hand", why: `It was posted, and changed ${hand} afterwards`, by, posting }
      : { cause: "not_kept", why: notKept(by), by, posting };
  if (state === "held")
    return { cause: "never_posted", why: `It waits: ${held?.replaceAll("_", " ") ?? "held"}`, posting };
  if (ON_THE_WAY.has(state) && newest.lateByMs !== null && newest.lateByMs > evidence.lateMs)
    return { cause: "late_feed", why: "The source told it late; it is on its way to Odoo", posting };
  return {
    cause: "never_posted",
    why: ON_THE_WAY.has(state) ? "It is on its way and has not arrived" : `Its posting was ${state}`,
    posting,
  };
}

/** Nobody told: a source that is silent is late, one that goes on speaking of others has lost this one. */
function ofSource({ sources, shipment }: Evidence, of: "carrier" | "warehouse" | "odoo", what: string | null): Found {
  const fits = (feedClass: FeedClass) =>
    of === "carrier" ? feedClass === "carrier" || feedClass === "aggregator" : feedClass === of;
  const all = sources.filter(({ feedClass }) => fits(feedClass));
  const spoken = all.filter(({ spoke }) => spoke);
  const asked = spoken.length > 0 ? spoken : all;
  const silent = asked.find((source) => source.silent);
  const first = silent ?? asked[0];
  const name = first?.name ?? `The ${of}`;
  const feedId = first?.feedId ?? null;
  if (silent)
    return {
      cause: "late_feed",
      why: what === null ? `${name} is silent; its news are not here yet` : `${what}; ${name} is silent`,
      feedId,
    };
  const told = shipment === null || spoken.length === 0 ? "has told nothing of it" : "has not told the rest of it";
  return { cause: "lost_by_source", why: what ?? `${name} goes on telling of others and ${told}`, feedId };
}
