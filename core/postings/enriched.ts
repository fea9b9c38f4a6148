import { PEOPLE } from "@/core/feeds/feed";
import type { Attribute, Json } from "@/core/shipments/attributes";
import { MILESTONES, type Milestone } from "@/core/shipments/milestones";
import type { Reached, Shipment } from "@/core/shipments/shipment";
import type { Check } from "./checks";
import type { DesiredBill, DesiredPosting, DesiredStatusNote } from "./desired";

/** as_said: word for word; normalised: the same value in another form; mapped: another word for it, by a table; added: nobody said it. */
export type Enrichment = "as_said" | "normalised" | "mapped" | "added";

/** Where one value of a posting comes from. */
export type Enriched = {
  field: string;
  value: string;
  how: Enrichment;
  /** What the source wrote; null where nobody wrote it. */
  said: string | null;
  /** The rule, mapping or setting that made it. */
  rule: string;
  feedId: number | null;
  /** What others said of the same, which counts less. */
  others: { value: string; feedId: number }[];
};

/** A value with the feeds by their names. */
export type NamedField = Omit<Enriched, "others"> & {
  feed: string | null;
  /** Address of the feed on the screens; null for what no feed said. */
  slug: string | null;
  others: { value: string; feed: string | null }[];
};

/** Where the values of a posting come from, and every check of it. */
export type PostingExplained = { checks: Check[]; fields: NamedField[] };

export type Sources = {
  shipment: Shipment | null;
  claims: readonly { attribute: Attribute; feedId: number; subject: string; value: Json }[];
  events: readonly { key: string; feedId: number; word: string | null }[];
};

/** Lists the values of a posting with the source and the rule of each, in the order of the fields. */
export function enrichedFields(
  { key, desired }: { key: string; desired: DesiredPosting },
  sources: Sources,
): Enriched[] {
  switch (desired.kind) {
    case "tracking_number":
      return [trackingField(desired.trackingReference, sources)];
    case "transfer_validated":
      return [
        added("state", "done", leftBecause(sources)),
        quantitiesField(desired.quantities, "quantities", "no warehouse told any: all that Odoo has reserved", sources),
        added("backorder", desired.backorder, "what was not shipped goes into a backorder"),
        ...(desired.tracking === null
          ? []
          : [
              {
                ...trackingField(desired.tracking.trackingReference, sources),
                rule: "written before validation, because Odoo would else order a label of the carrier",
              },
            ]),
      ];
    case "status_note":
      return noteFields(key, desired, sources);
    case "status_field":
      return [
        milestoneField("status", desired.status, desired.milestone, sources),
        ...dayField("shipped on", desired.shippedOn, "picked_up", sources),
        ...dayField("delivered at", desired.deliveredAt, "delivered", sources),
      ];
    case "proof_of_delivery":
      return [
        attributeField("attachment", desired.fileName, "proof_of_delivery", "kept as it came", sources),
        added("sha1", desired.sha1, "computed over the bytes kept, so that one document is attached once"),
      ];
    case "return_transfer":
      return [quantitiesField(desired.quantities, "returned_quantities", "nobody told what: all that left", sources)];
    case "customer_invoice":
      return [added("invoice", "draft", "of what the order delivered, by the order of its transfer in Odoo")];
    case "exception_activity":
      return [
        added("summary", desired.summary, "the exception's kind"),
        added("due", desired.dueOn, "the response time of its severity"),
        added(
          "note",
          `${desired.note.split("\n").length} lines`,
          "the exception's words, with the steps of its playbook",
        ),
      ];
    case "freight_cost":
      return [
        added("carrier price", `${desired.price} ${desired.currency}`, "the sum of the approved bills of the shipment"),
      ];
    case "vendor_bill":
    case "vendor_credit":
      return billFields(desired);
    case "landed_cost":
      return [
        said("reference", desired.reference, "the carrier's own number"),
        added("product", `product ${desired.productId}`, "freight settings: the carrier's product in Odoo"),
        added("transfers", String(desired.pickingIds.length), "the transfers of the bill's shipments"),
        said("amount", desired.amount, "what was approved to be paid"),
      ];
  }
}

/** Fields with the names of the feeds they come from; what no feed said, a person of ours did. */
export function withNames(
  fields: readonly Enriched[],
  feedOf: (feedId: number) => { name: string; slug: string } | undefined,
): NamedField[] {
  const nameOf = (id: number) => feedOf(id)?.name ?? PEOPLE.name;
  return fields.map((field) => ({
    ...field,
    feed: field.feedId === null ? null : nameOf(field.feedId),
    slug: field.feedId === null ? null : (feedOf(field.feedId)?.slug ?? null),
    others: field.others.map(({ value, feedId }) => ({ value, feed: nameOf(feedId) })),
  }));
}

const words = (name: string) => name.replaceAll("_", " ");
const text = (value: Json | undefined): string | null =>
  typeof value === "string" ? value : value == null ? null : JSON.stringify(value);

function added(field: string, value: string, rule: string): Enriched {
  return { field, value, how: "added", said: null, rule, feedId: null, others: [] };
}

function said(field: string, value: string, rule: string): Enriched {
  return { ...added(field, value, rule), how: "as_said", said: value };
}

/** Numbers are compared and written in one form; what the owner of the number wrote stands beside it. */
function trackingField(value: string, { shipment, claims }: Sources): Enriched {
  const owned = shipment?.attributes.tracking_number;
  const raw = claims
    .filter(({ attribute, feedId }) => attribute === "tracking_number" && feedId === owned?.feedId)
    .map((claim) => text(claim.value) ?? "");
  const wrote = raw.length === 0 ? null : raw.join(", ");
  const others = (shipment?.advisories ?? []).filter(({ attribute }) => attribute === "tracking_number");
  const by = owned === undefined ? "nobody any more" : words(owned.feedClass);
  return {
    field: "carrier tracking ref",
    value,
    how: wrote === value ? "as_said" : "normalised",
    said: wrote,
    rule:
      wrote === value
        ? `ownership: the word of the ${by} counts`
        : `upper case without blanks and hyphens, several by commas; ownership: the word of the ${by} counts`,
    feedId: owned?.feedId ?? null,
    others: others.map((one) => ({ value: text(one.value) ?? "", feedId: one.feedId })),
  };
}

function attributeField(
  field: string,
  value: string,
  attribute: Attribute,
  rule: string,
  { shipment }: Sources,
): Enriched {
  const owned = shipment?.attributes[attribute];
  return { ...said(field, value, rule), feedId: owned?.feedId ?? null };
}

function quantitiesField(
  quantities: Extract<DesiredPosting, { kind: "return_transfer" }>["quantities"],
  attribute: "quantities" | "returned_quantities",
  otherwise: string,
  { shipment }: Sources,
): Enriched {
  const owned = shipment?.attributes[attribute];
  if (quantities === null) return added("quantities", otherwise.split(": ")[1] ?? otherwise, otherwise);
  const value = quantities
    .map(({ item, quantity }) => `${quantity} × ${"productCode" in item ? item.productCode : `move ${item.moveId}`}`)
    .join(", ");
  return {
    field: "quantities",
    value,
    how: "normalised",
    said: text(owned?.value),
    rule: "lines of one product code are summed; the products are found in Odoo by their code",
    feedId: owned?.feedId ?? null,
    others: [],
  };
}

function leftBecause({ shipment }: Sources): string {
  const milestone = shipment?.milestone ?? null;
  return `the goods left${milestone === null ? "" : `: the shipment is ${words(milestone)}`}`;
}

/** The word of the feed that its mapping turned into a milestone. */
function wordOf({ shipment, events }: Sources, milestone: Milestone | null) {
  const reached = milestone === null ? undefined : shipment?.reached[milestone];
  const told = events.find(({ key }) => key === reached?.key);
  return { reached, word: told?.word ?? null, feedId: reached?.feedId ?? null };
}

function milestoneField(field: string, value: string, milestone: Milestone | null, sources: Sources): Enriched {
  const { reached, word, feedId } = wordOf(sources, milestone);
  const meant = milestone === null ? "no milestone" : words(milestone);
  const rule =
    reached?.inferred === true
      ? `${meant}, inferred from a later milestone`
      : `the feed's mapping: ${word === null ? "its word" : `“${word}”`} means ${meant}`;
  return { field, value: words(value), how: "mapped", said: word, rule, feedId, others: [] };
}

/** The last part of a note's key is its milestone. */
function noteFields(key: string, desired: DesiredStatusNote, sources: Sources): Enriched[] {
  const [when = "", ...rest] = desired.lines;
  const milestone = MILESTONES.find((one) => key.endsWith(`-${one}`)) ?? null;
  const at = milestone === null ? undefined : sources.shipment?.reached[milestone];
  return [
    milestoneField("headline", desired.headline, milestone, sources),
    { ...added("time", when, zoneRule(at)), how: at?.basis === "offset" ? "as_said" : "normalised" },
    ...rest.map((line) => added("line", line, "the shipment's tracking numbers")),
  ];
}

/** By what the zone of an event's time was found. */
function zoneRule(reached: Reached | undefined): string {
  switch (reached?.basis) {
    case "offset":
      return "the source gave its offset";
    case "location":
      return "the zone of the event's place";
    case "feed":
      return "the zone set for the feed";
    case "assumed":
      return "no zone was told: UTC is assumed, and said so";
    default:
      return "the time of the milestone";
  }
}

function dayField(field: string, value: string | null, milestone: Milestone, { shipment }: Sources): Enriched[] {
  if (value === null) return [];
  const reached = shipment?.reached[milestone];
  const rule = `${words(milestone)}; ${zoneRule(reached)}`;
  return [{ ...added(field, value, rule), how: "normalised", feedId: reached?.feedId ?? null }];
}

function billFields({ partnerId, productId, reference, total, currency, lines, document }: DesiredBill): Enriched[] {
  return [
    { ...added("partner", `partner ${partnerId}`, "freight settings: the carrier's partner in Odoo"), how: "mapped" },
    said("reference", reference, "the carrier's own number"),
    said("total", `${total} ${currency}`, "what was approved to be paid"),
    ...(productId === null
      ? [added("product", "none", "the journal's own account")]
      : [added("product", `product ${productId}`, "freight settings: the carrier's product in Odoo")]),
    ...lines.map(({ name, label, amount }) => ({
      ...added(words(name), amount, `${label}: charges of this class, by the mapping of the carrier's charge codes`),
      how: "mapped" as const,
    })),
    document === null
      ? added("original", "none", "it is no longer kept, or larger than Odoo should hold")
      : said("original", document.fileName, "the document as it came"),
  ];
}
