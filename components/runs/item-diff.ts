import type { PostingExplained } from "@/core/postings/enriched";

export type ShipmentChange = {
  shipmentId: string;
  shipment: string;
  rows: { field: string; old: string; new: string }[];
  /** Exceptions that open, in words; how many close; postings that are planned. */
  opens: string[];
  closes: number;
  postings: {
    kind: string;
    before: unknown;
    after: unknown;
    held: string | null;
    explained: PostingExplained | null;
  }[];
};

type Side = Record<string, unknown>;

function sides(value: unknown): Side[] {
  return Array.isArray(value)
    ? value.filter((one): one is Side => typeof one === "object" && one !== null && "shipmentId" in one)
    : [];
}

const text = (value: unknown): string => (typeof value === "string" ? value.replaceAll("_", " ") : "");
const list = (value: unknown): Side[] => (Array.isArray(value) ? value.filter((one) => typeof one === "object") : []);

/** What a replayed message changed, shipment by shipment; null where the item is of another kind. */
export function shipmentChanges(before: unknown, after: unknown): ShipmentChange[] | null {
  const next = sides(after);
  if (!Array.isArray(after) || (after.length > 0 && next.length === 0)) return null;
  const known = new Map(sides(before).map((one) => [one.shipmentId, one]));
  return next.map((one) => {
    const was = known.get(one.shipmentId) ?? {};
    const kinds = new Map(list(was.events).map((event) => [event.key, text(event.kind)]));
    return {
      shipmentId: String(one.shipmentId),
      shipment: String(one.shipment ?? one.shipmentId),
      rows: [
        { field: "Milestone", old: text(was.milestone), new: text(one.milestone) },
        { field: "Ended", old: text(was.terminal), new: text(one.terminal) },
        ...list(one.events).map((event) => ({
          field: typeof event.word === "string" ? `“${event.word}”` : "Event",
          old: kinds.get(event.key) ?? "",
          new: text(event.kind),
        })),
      ],
      opens: list(one.opens).map((open) => String(open.text ?? text(open.kind))),
      closes: typeof one.closes === "number" ? one.closes : 0,
      postings: list(one.postings).map((posting) => ({
        kind: text(posting.kind),
        before: posting.before,
        after: posting.after,
        held: typeof posting.held === "string" ? text(posting.held) : null,
        explained:
          Array.isArray(posting.checks) && Array.isArray(posting.fields)
            ? (posting as unknown as PostingExplained)
            : null,
      })),
    };
  });
}
