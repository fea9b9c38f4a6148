import { REFERENCE_WORD, sentence } from "@/components/shipments/words";
import { EVENT_KINDS } from "@/core/shipments/milestones";
import { REFERENCE_KINDS } from "@/core/shipments/references";
import type { Mapping, Target } from "./rows";

export type DateOrder = "ymd" | "dmy" | "mdy";
export const DATE_ORDER_WORD: Readonly<Record<DateOrder, string>> = {
  ymd: "year month day",
  dmy: "day month year",
  mdy: "month day year",
};

const TEXTS = [
  "carrier",
  "service",
  "customer",
  "warehouse",
  "company",
  "channel",
  "signed_by",
  "tracking_url",
] as const;
const DATES = ["promised_delivery_at", "promised_dispatch_at", "eta"] as const;
const ADDRESS = ["name", "street", "city", "zip", "state", "country"] as const;
const ADDRESSES = [
  ["delivery", "Delivery address"],
  ["order", "Address of the order"],
  ["label", "Address on the label"],
] as const;
const STATUS = ["event_id", "code", "description", "place", "reason"] as const;
const BILL: readonly (readonly [value: string, label: string])[] = [
  ["bill_number", "Number of the bill"],
  ["bill_kind", "Invoice or credit"],
  ["bill_day:date", "Date of the bill"],
  ["bill_day:due", "When it is due"],
  ["bill_currency", "Currency of the bill"],
  ["bill_total", "Total of the bill"],
  ["charge_amount", "Amount of a charge"],
  ["charge", "Word for the charge"],
  ["charge_description", "Description of the charge"],
  ["charge_line", "Number of the charge"],
];

/** What one row of a file is, in words. */
export const ROWS_WORD: Readonly<Record<Mapping["rows"], string>> = {
  shipment: "A shipment, an event or a line of it",
  charge: "A charge of a freight bill",
  bill: "A whole freight bill",
};
const LINES = ["product", "line", "ordered", "done", "returned", "uom"] as const;

/** What a column can give, as one choice in a list. */
export type Option = { value: string; label: string; group: string };

const option = (group: string, value: string, label: string): Option => ({ group, value, label });

export const NOTHING_GIVEN = "nothing";
export const OPTIONS: readonly Option[] = [
  option("", NOTHING_GIVEN, "Nothing"),
  ...REFERENCE_KINDS.map((kind) => option("Number", `reference:${kind}`, REFERENCE_WORD[kind] ?? sentence(kind))),
  option("Rows are events", "status", "Status word"),
  option("Rows are events", "time", "Time of the status"),
  ...STATUS.map((name) => option("Rows are events", name, name === "event_id" ? "Event id" : `Status ${name}`)),
  ...EVENT_KINDS.filter((kind) => kind !== "unmapped_code").map((kind) =>
    option("Date of an event", `event:${kind}`, `When ${sentence(kind).toLowerCase()}`),
  ),
  ...TEXTS.map((name) => option("Fact", `text:${name}`, sentence(name))),
  ...DATES.map((name) => option("Fact", `date:${name}`, sentence(name))),
  option("Fact", "weight", "Weight"),
  option("Fact", "money:expected_freight", "Expected freight"),
  option("Fact", "money:order_value", "Order value"),
  ...ADDRESSES.flatMap(([of, group]) =>
    ADDRESS.map((part) =>
      option(group, of === "delivery" ? `address:${part}` : `address:${part}:${of}`, `${group}: ${part}`),
    ),
  ),
  ...BILL.map(([value, label]) => option("Freight bill", value, label)),
  ...LINES.map((name) =>
    option(
      "Order line",
      name,
      name === "done"
        ? "Quantity shipped"
        : name === "returned"
          ? "Quantity that came back"
          : name === "ordered"
            ? "Quantity ordered"
            : sentence(name),
    ),
  ),
];

/** The choice that stands for a target; `nothing` for none. */
export function optionOf(target: Target | undefined): string {
  if (target === undefined) return NOTHING_GIVEN;
  switch (target.gives) {
    case "reference":
    case "event":
      return `${target.gives}:${target.kind}`;
    case "text":
    case "date":
    case "money":
      return `${target.gives}:${target.attribute}`;
    case "address":
      return (target.of ?? "delivery") === "delivery"
        ? `address:${target.part}`
        : `address:${target.part}:${target.of}`;
    case "bill_day":
      return `bill_day:${target.of}`;
    default:
      return target.gives;
  }
}

/** The target of a choice, keeping what was set before where it still applies; null for `nothing`. */
export function targetOf(
  column: string,
  chosen: string,
  before: Target | undefined,
  hints: { order: DateOrder | null },
): Target | null {
  const [gives = "", detail = "", of = "delivery"] = chosen.split(":");
  const order = before && "order" in before ? before.order : (hints.order ?? "ymd");
  const clock = before && "clock" in before ? (before.clock ?? null) : null;
  if (chosen === NOTHING_GIVEN) return null;
  if (gives === "reference") {
    const issuer = before?.gives === "reference" ? (before.issuer ?? null) : null;
    return { column, gives: "reference", kind: detail, issuer } as Target;
  }
  if (gives === "event") {
    const classifier = before?.gives === "event" ? before.classifier : "actual";
    return { column, gives: "event", kind: detail, classifier, order, clock } as Target;
  }
  if (gives === "time") return { column, gives: "time", order, clock } as Target;
  if (gives === "date") return { column, gives: "date", attribute: detail, order, clock } as Target;
  if (gives === "text") return { column, gives: "text", attribute: detail } as Target;
  if (gives === "weight")
    return {
      column,
      gives: "weight",
      unit: before?.gives === "weight" ? before.unit : "kg",
      adds: before?.gives === "weight" ? before.adds : false,
    };
  if (gives === "money")
    return {
      column,
      gives: "money",
      attribute: detail,
      currency: before?.gives === "money" ? before.currency : "EUR",
      adds: before?.gives === "money" ? before.adds : false,
    } as Target;
  if (gives === "bill_day") return { column, gives, of: detail, order } as Target;
  if (gives === "charge_amount")
    return { column, gives, charge: before?.gives === "charge_amount" ? (before.charge ?? null) : null };
  if (gives === "address") return { column, gives: "address", part: detail, of } as Target;
  return { column, gives } as Target;
}

/** Sets what one column gives, in the order of the file's columns. */
export function withTarget(
  mapping: Mapping,
  header: readonly string[],
  column: string,
  target: Target | null,
): Mapping {
  const others = mapping.columns.filter((one) => one.column !== column);
  const place = (one: Target) => {
    const at = header.indexOf(one.column);
    return at < 0 ? header.length : at;
  };
  const columns = target === null ? others : [...others, target];
  return { ...mapping, columns: [...columns].sort((a, b) => place(a) - place(b)) };
}

/** What is missing before such a mapping can be used, in words. */
export function mappingGaps(mapping: Mapping | null, header: readonly string[]): string[] {
  if (mapping === null || mapping.columns.length === 0) return ["Say what the columns give."];
  const gaps: string[] = [];
  const lost = mapping.columns.map((one) => one.column).filter((name) => header.length > 0 && !header.includes(name));
  if (lost.length > 0) gaps.push(`The sample has no column ${lost.join(", ")}.`);
  if (mapping.rows !== "shipment") return [...billGaps(mapping), ...gaps];
  if (!mapping.columns.some((one) => one.gives === "reference"))
    gaps.push("No column names a shipment: choose one that holds its number.");
  const status = mapping.columns.some((one) => one.gives === "status");
  const time = mapping.columns.some((one) => one.gives === "time");
  if (status && !time) gaps.push("There is a status and no time of it.");
  if (time && !status) gaps.push("There is a time of a status and no status.");
  return gaps;
}

function billGaps({ rows, columns }: Mapping): string[] {
  const gaps: string[] = [];
  const has = (gives: Target["gives"]) => columns.some((one) => one.gives === gives);
  if (!has("bill_number")) gaps.push("No column holds the number of the bill.");
  if (!has("charge_amount") && (rows === "charge" || !has("bill_total")))
    gaps.push(rows === "charge" ? "No column holds the amount of the charge." : "No column holds an amount.");
  return gaps;
}
