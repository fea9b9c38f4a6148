import type { OdooPicking } from "@/core/shipments/attributes";
import type { Shipment } from "@/core/shipments/shipment";
import { desires } from "./desire";
import type { DesiredPosting, PostingVerdict } from "./desired";
import { HOLD_WORD } from "./hold-words";
import { type HoldReason, POSTING_TYPE, type PostingKind, type PostingState } from "./kinds";
import { type ConnectionPolicy, type ExistingPosting, holdOf, sameDesire } from "./plan";
import { closedFor, faultIn } from "./record-allows";

/** What is looked at before a posting leaves, in the order in which a person reads it. */
export const CHECKS = {
  linked: "Record known",
  open: "Record open for it",
  company: "Company",
  well_formed: "Value well formed",
  owner: "Ownership",
  asked_for: "Asked for by the facts",
  agrees: "Facts agree",
  module: "Module in Odoo",
  once: "At most once",
  allowed: "Allowed to leave",
  odoo: "Odoo, read just now",
} as const;
export type CheckName = keyof typeof CHECKS;

/** ok; failed: it is not posted; waits: it is not posted before that ends or a person decides; unknown: nobody has asked yet. */
export type CheckVerdict = "ok" | "failed" | "waits" | "unknown";
/** `byTest`: only the last test of the connection said so, and Odoo may say otherwise by now. */
export type Check = { check: CheckName; verdict: CheckVerdict; why: string; byTest?: true };

/** What the last test of a connection found of its Odoo. */
export type Tested = { at: string; modules: Readonly<Record<string, boolean>>; companies: readonly number[] };

export type Checked = {
  posting: {
    key: string;
    kind: PostingKind;
    desired: DesiredPosting;
    state: PostingState;
    heldBecause: HoldReason | null;
    companyId: number | null;
  };
  /** Null of a posting that is about a freight bill. */
  shipment: Shipment | null;
  picking: OdooPicking | null;
  policy: ConnectionPolicy | null;
  existing: readonly ExistingPosting[];
  tested: Tested | null;
  /** Odoo as it was read for a preview; absent where nobody asked it. */
  verdict?: PostingVerdict | null;
};

/** A module or field that a kind needs in Odoo, by any of these names of the connection test; what is not here needs inventory alone. */
const MODULES: Partial<Record<PostingKind, readonly string[]>> = {
  tracking_number: ["stock_delivery"],
  freight_cost: ["stock_delivery"],
  status_field: ["status_field", "delivery_state"],
  customer_invoice: ["account"],
  vendor_bill: ["account"],
  vendor_credit: ["account"],
  landed_cost: ["stock_landed_costs"],
};

const OUT: ReadonlySet<PostingState> = new Set(["posted", "verified"]);
const UNDER_WAY: ReadonlySet<PostingState> = new Set(["sending", "unconfirmed"]);
const ABOUT_BILLS: ReadonlySet<PostingKind> = new Set(["vendor_bill", "vendor_credit", "landed_cost"]);
/** Planned by rules of their own: an exception, or an approved bill. */
const ASKED_ELSEWHERE: ReadonlySet<PostingKind> = new Set(["exception_activity", "freight_cost", ...ABOUT_BILLS]);

const ok = (check: CheckName, why: string): Check => ({ check, verdict: "ok", why });
const failed = (check: CheckName, why: string): Check => ({ check, verdict: "failed", why });
const failedByTest = (check: CheckName, why: string): Check => ({ ...failed(check, why), byTest: true });

/**
 * Lists what planning, the sender and the kind look at before a posting leaves, each as it stands now. What Odoo took already is not
 * asked again whether it may leave.
 */
export function checksOf(input: Checked): Check[] {
  const out = OUT.has(input.posting.state);
  const checks = [
    linked(input),
    ...(out ? [] : [open(input)]),
    company(input),
    wellFormed(input),
    owner(input),
    ...(out ? [] : [askedFor(input)]),
    agrees(input),
    moduleThere(input),
    once(input),
    ...(out ? [] : [allowed(input)]),
    readNow(input),
  ];
  return checks.filter((check) => check !== null);
}

/** Checks by which a posting is not sent whoever asks: what the connection test said is for Odoo itself to decide. */
export function whatForbids(checks: readonly Check[]): Check | null {
  return checks.find(({ verdict, byTest }) => verdict === "failed" && byTest === undefined) ?? null;
}

function linked({ posting, picking, policy }: Checked): Check | null {
  if (ABOUT_BILLS.has(posting.kind)) return null;
  if (picking === null) return failed("linked", "The shipment is linked to no transfer in Odoo.");
  if (policy === null) return failed("linked", "The Odoo connection of its transfer is archived.");
  return ok("linked", `The shipment is linked to ${picking.name}.`);
}

function open({ posting, picking }: Checked): Check | null {
  if (picking === null || ABOUT_BILLS.has(posting.kind)) return null;
  const why = closedFor(posting.kind, picking);
  return why === null ? ok("open", `${picking.name} is ${picking.state} in Odoo.`) : failed("open", why);
}

function company({ posting, picking, tested }: Checked): Check {
  const { companyId } = posting;
  if (companyId === null || (picking !== null && picking.companyId === null && !ABOUT_BILLS.has(posting.kind)))
    return failed("company", "The company of the record is not known.");
  if (picking?.companyId != null && !ABOUT_BILLS.has(posting.kind) && picking.companyId !== companyId)
    return failed("company", `The transfer is of company ${picking.companyId} now, the posting of ${companyId}.`);
  if (tested === null)
    return { check: "company", verdict: "unknown", why: `Company ${companyId}; the connection was never tested.` };
  return tested.companies.includes(companyId)
    ? ok("company", `The integration user works for company ${companyId}.`)
    : failedByTest(
        "company",
        `At the last test the integration user did not work for company ${companyId}: Odoo will refuse it.`,
      );
}

function wellFormed({ posting, picking }: Checked): Check {
  const why = faultIn(posting.desired, ABOUT_BILLS.has(posting.kind) ? null : picking);
  return why === null ? ok("well_formed", "Every field fits what Odoo takes.") : failed("well_formed", why);
}

function owner({ posting, shipment }: Checked): Check | null {
  if (shipment === null) return null;
  const { kind } = posting;
  if (kind === "tracking_number") {
    const owned = shipment.attributes.tracking_number;
    if (owned === undefined) return failed("owner", "Nobody claims a tracking number any more.");
    return owned.feedClass === "odoo"
      ? failed("owner", "The number is Odoo's own: nobody whose word counts more has told one.")
      : ok("owner", `The number is the word of the ${words(owned.feedClass)}, which counts before Odoo's.`);
  }
  if (kind !== "transfer_validated") return null;
  const said = shipment.attributes.quantities;
  return said?.feedClass === "warehouse"
    ? ok("owner", "Shipped quantities are the warehouse's word.")
    : ok("owner", "No warehouse told quantities: all that Odoo has reserved is taken.");
}

/** A number of a level or of a transfer is the newest of its kind, and what the facts ask for now is the same. */
function askedFor({ posting, shipment, picking, policy }: Checked): Check | null {
  if (ASKED_ELSEWHERE.has(posting.kind) || shipment === null || picking === null || policy === null) return null;
  const wanted = desires(shipment, picking, policy).filter(({ desired }) => desired.kind === posting.kind);
  const one = wanted.find(({ name }) => name === "" || posting.key.endsWith(`-${name}`));
  if (one === undefined) return failed("asked_for", "The facts do not ask for it any more.");
  return one.name !== "" || sameDesire(one.desired, posting.desired)
    ? ok("asked_for", "The facts ask for it as it is.")
    : failed("asked_for", "The facts ask for another value by now.");
}

function agrees({ posting, shipment }: Checked): Check | null {
  if (posting.kind !== "customer_invoice" || shipment === null) return null;
  return shipment.regressions.length === 0
    ? ok("agrees", "No later scan contradicts the delivery.")
    : { check: "agrees", verdict: "waits", why: "A later scan contradicts the delivery: a person decides." };
}

/** What a kind needs in Odoo and the last test of the connection did not find; null where it did. */
export function moduleMissing(kind: PostingKind, { modules }: Tested): string | null {
  const names = MODULES[kind] ?? ["stock"];
  return names.some((name) => modules[name]) ? null : names.join(" or ");
}

function moduleThere({ posting, tested }: Checked): Check {
  if (tested === null) return { check: "module", verdict: "unknown", why: "The connection was never tested." };
  const missing = moduleMissing(posting.kind, tested);
  return missing === null
    ? ok("module", "What it needs in Odoo was there at the last test of the connection.")
    : failedByTest("module", `${missing} was not there at the last test of the connection.`);
}

function once({ posting, existing }: Checked): Check {
  if (OUT.has(posting.state))
    return ok("once", posting.state === "verified" ? "Odoo was read back and holds it." : "Odoo took it once.");
  const number = numberOf(posting.key);
  const newer = existing.find(
    (other) => baseOf(other.key) === baseOf(posting.key) && number !== null && (numberOf(other.key) ?? 0) > number,
  );
  if (newer !== undefined) return failed("once", `A newer one took its place: ${newer.key}.`);
  if (UNDER_WAY.has(posting.state))
    return { check: "once", verdict: "waits", why: "It was sent: Odoo is read before anything is sent again." };
  return ok("once", "Odoo has not taken it yet.");
}

/** What waits says why; what a person would open again goes past its age, but not past a switch that is off. */
function allowed({ posting, policy }: Checked): Check | null {
  if (policy === null) return null;
  const { kind, state, heldBecause } = posting;
  if (state === "planned" || UNDER_WAY.has(state)) return ok("allowed", "It leaves in its turn for this record.");
  const off = holdOf(kind, policy, Number.POSITIVE_INFINITY, false);
  const hold = state === "held" ? heldBecause : off;
  if (hold === null) return ok("allowed", "Its kind is on for this connection.");
  const { word, ends } = HOLD_WORD[hold];
  const forbidden = hold === "invalid" || (state !== "held" && hold !== "paused");
  return { check: "allowed", verdict: forbidden ? "failed" : "waits", why: `${word}. ${ends}` };
}

function readNow({ posting, verdict }: Checked): Check | null {
  if (verdict === undefined) return null;
  if (verdict === null) return { check: "odoo", verdict: "unknown", why: "Odoo could not be read." };
  const isLevel = POSTING_TYPE[posting.kind] === "level";
  const good = verdict.verdict === "absent" || (verdict.verdict === "differs" && isLevel);
  return good ? ok("odoo", verdict.reason) : failed("odoo", verdict.reason);
}

const words = (name: string) => name.replaceAll("_", " ");
const baseOf = (key: string) => key.slice(0, key.lastIndexOf("-"));

function numberOf(key: string): number | null {
  const end = key.slice(key.lastIndexOf("-") + 1);
  return /^\d{1,6}$/.test(end) ? Number(end) : null;
}
