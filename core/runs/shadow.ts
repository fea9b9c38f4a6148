import type { PostingExplained } from "@/core/postings/enriched";
import type { HoldReason, PostingKind, PostingState } from "@/core/postings/kinds";
import type { Json } from "@/core/shipments/attributes";
import { canonicalJson } from "@/core/shipments/identity";

/** One posting as a record of what Odoo is to hold. */
export type StandingPosting = {
  key: string;
  kind: PostingKind;
  state: PostingState;
  held: HoldReason | null;
  recordName: string | null;
  before: Json;
  after: Json;
};

/** All that a shipment is at one moment, by which two moments are compared. */
export type Standing = {
  id: string;
  headId: string | null;
  name: string;
  state: Json;
  /** Open exceptions: kind, subject and what they say. */
  exceptions: { kind: string; subject: string; text: string }[];
  postings: StandingPosting[];
};

/** One side of what an item changes, for a person: only what differs. */
export type Side = { digest: string; shipments: SideShipment[] };
export type SideShipment = {
  id: string;
  name: string;
  fields: { [field: string]: Json };
  opens?: { kind: string; text: string }[];
  closes?: { kind: string; text: string }[];
  postings?: SidePosting[];
};

/** A posting that the item plans or replaces, beside what Odoo holds now; `request` is what to ask Odoo again. */
export type SidePosting = Omit<StandingPosting, "state"> & {
  replaced?: boolean;
  present?: Json;
  verdict?: string;
  request?: Json;
  /** Where its values come from, and the checks made of it when it was previewed. */
  explained?: PostingExplained;
};

export type ShadowChange = { before: Side; after: Side; changed: boolean };

/** Compares how the shipments of an item stood and stand. `digest` names all of a side, so that another run can tell whether it is the same. */
export function compareStandings(
  before: readonly Standing[],
  after: readonly Standing[],
  digest: (text: string) => string,
): ShadowChange {
  const was = new Map(before.map((one) => [one.id, one]));
  const pairs = after.map((one) => ({ old: was.get(one.id), now: one }));
  const differing = pairs.filter(({ old, now }) => old === undefined || textOf([old]) !== textOf([now]));
  const sides = differing.map(({ old, now }) => sidesOf(old, now));
  const known = new Set(was.keys());
  return {
    before: { digest: digest(textOf(before, known)), shipments: sides.map((side) => side.before) },
    after: { digest: digest(textOf(after, known)), shipments: sides.map((side) => side.after) },
    changed: differing.length > 0,
  };
}

/** Says in what a run deviates from its preview; null where it gives exactly that. */
export function deviationOf(
  preview: Pick<ShadowChange, "before" | "after">,
  run: Pick<ShadowChange, "before" | "after">,
): string | null {
  if (preview.before.digest !== run.before.digest)
    return "News came since the preview: the shipment stands otherwise than it did. Preview it again.";
  if (preview.after.digest === run.after.digest) return null;
  const where = firstDifference(preview.after.shipments, run.after.shipments);
  return `The result is not the one previewed${where === null ? "" : `: ${where}`}. Preview it again.`;
}

/** Standings as one text, in the order of their names; shipments that are not stored yet are named by what they are called. */
function textOf(standings: readonly Standing[], known?: ReadonlySet<string>): string {
  const fresh = known ? standings.filter((one) => !known.has(one.id)) : [];
  let text = standings
    .map((one) => canonicalJson(comparable(one)))
    .sort()
    .join("\n");
  for (const one of fresh) text = text.replaceAll(one.id, `new ${one.name}`);
  return fresh.length === 0 ? text : text.split("\n").sort().join("\n");
}

const GOING = new Set<PostingState>(["planned", "sending", "posted", "verified", "unconfirmed"]);

/** What must be the same: not the words of an exception, which tell the hours, nor how far the sender has come with a posting. */
function comparable({ id, headId, name, state, exceptions, postings }: Standing): Json {
  return {
    ...{ id, headId, name, state },
    exceptions: exceptions.map(({ kind, subject }) => `${kind} ${subject}`).sort(),
    postings: postings
      .toSorted((a, b) => (a.key < b.key ? -1 : 1))
      .map((one) => ({ ...one, state: GOING.has(one.state) ? "going" : one.state })),
  };
}

function sidesOf(old: Standing | undefined, now: Standing): { before: SideShipment; after: SideShipment } {
  const fields = differingFields(fieldsOf(old), fieldsOf(now));
  const key = (one: { kind: string; subject: string }) => `${one.kind} ${one.subject}`;
  const stood = new Set((old?.exceptions ?? []).map(key));
  const stands = new Set(now.exceptions.map(key));
  const known = new Map((old?.postings ?? []).map((posting) => [posting.key, posting]));
  return {
    before: { id: now.id, name: now.name, fields: fields.before },
    after: {
      id: now.id,
      name: now.name,
      fields: fields.after,
      opens: now.exceptions.filter((one) => !stood.has(key(one))).map(({ kind, text }) => ({ kind, text })),
      closes: (old?.exceptions ?? []).filter((one) => !stands.has(key(one))).map(({ kind, text }) => ({ kind, text })),
      postings: now.postings
        .filter((posting) => known.get(posting.key)?.state !== posting.state)
        .map(({ state, ...posting }) => ({ ...posting, ...(state === "superseded" ? { replaced: true } : {}) })),
    },
  };
}

type Fields = { [field: string]: Json };
type State = { [name: string]: Json };

const SHOWN = ["milestone", "stage", "summary", "terminal"] as const;

/** The record of a shipment as fields a person knows. */
function fieldsOf(standing: Standing | undefined): Fields {
  const fields: Fields = {};
  if (standing === undefined) return fields;
  if (standing.headId !== null) fields["linked into"] = standing.headId;
  const state = (standing.state ?? {}) as State;
  for (const name of SHOWN) fields[name] = state[name] ?? null;
  for (const [milestone, reached] of Object.entries((state.reached ?? {}) as State)) {
    const { occurredAtMs, inferred } = reached as { occurredAtMs: number | null; inferred: boolean };
    fields[`reached ${milestone}`] =
      inferred || occurredAtMs === null ? "inferred" : new Date(occurredAtMs).toISOString();
  }
  for (const [attribute, field] of Object.entries((state.attributes ?? {}) as State))
    fields[attribute] = (field as { value: Json }).value;
  const conditions = Array.isArray(state.conditions) ? state.conditions : [];
  if (conditions.length > 0) fields.conditions = conditions.map((one) => (one as State).kind ?? null);
  return fields;
}

function differingFields(before: Fields, after: Fields): { before: Fields; after: Fields } {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => canonicalJson(before[name] ?? null) !== canonicalJson(after[name] ?? null),
  );
  const pick = (from: Fields) => Object.fromEntries(names.map((name) => [name, from[name] ?? null]));
  return { before: pick(before), after: pick(after) };
}

function firstDifference(preview: readonly SideShipment[], run: readonly SideShipment[]): string | null {
  for (const now of run) {
    const shown = preview.find((one) => one.id === now.id) ?? preview.find((one) => one.name === now.name);
    if (shown === undefined) return `${now.name} changes too`;
    const names = new Set([...Object.keys(now.fields), ...Object.keys(shown.fields)]);
    for (const name of names) {
      const [was, is] = [shown.fields[name] ?? null, now.fields[name] ?? null];
      if (canonicalJson(was) !== canonicalJson(is))
        return `${name.replaceAll("_", " ")} of ${now.name} would be ${canonicalJson(is)} instead of ${canonicalJson(was)}`.slice(
          0,
          300,
        );
    }
    const keys = (side: SideShipment) =>
      (side.postings ?? [])
        .map((posting) => posting.key)
        .sort()
        .join(" ");
    if (keys(shown) !== keys(now)) return `other postings of ${now.name}`;
  }
  return null;
}
