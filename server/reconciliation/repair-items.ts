import { z } from "zod";
import { ASPECTS } from "@/core/reconciliation/aspects";
import { deed, waits } from "@/core/reconciliation/deeds";
import type { RepairAct } from "@/core/reconciliation/repair";
import type { Json } from "@/core/shipments/attributes";

export type Fields = { [name: string]: Json };

/** A step as a dry run shows it: `does` where the run does it, `copy` what to send to a source, `blocked` why it is left out. */
export type ShownStep = {
  act: RepairAct;
  aspect: string;
  text: string;
  href: string | null;
  does: boolean;
  copy: string | null;
  blocked: string | null;
};

/** What an item of a dry run keeps for its run, beside the postings by `kind id`. */
export const planned = z.object({
  deeds: z.array(deed).default([]),
  aspects: z.array(z.enum(ASPECTS)).default([]),
  waits: waits.nullable().default(null),
  /** Other shipments that the plan changes, to be proved as well. */
  others: z.array(z.uuid()).default([]),
  /** The transfer of which Waypost knows no shipment yet. */
  unknown: z
    .object({ connectionId: z.int(), pickingId: z.int(), name: z.string(), letters: z.string() })
    .nullable()
    .default(null),
});
export type Planned = z.infer<typeof planned>;

/** What an item that does a deed, or that proves, was given; `notBefore` and `child` are added while it waits. */
export const toDo = z.object({ deed, child: z.uuid().nullish() });
export const toProve = planned.extend({ after: z.record(z.string(), z.any()).default({}) });

export function fieldsOf(value: Json | undefined): Fields {
  return value !== null && value !== undefined && typeof value === "object" && !Array.isArray(value) ? value : {};
}

/** The postings of one side, by `kind id`. */
export function postingsIn(value: Json | undefined): Fields {
  return Object.fromEntries(Object.entries(fieldsOf(value)).filter(([name]) => name.includes(" ")));
}

export const nameOfPosting = ({ kind, id }: { kind: string; id: string }): string => `${kind} ${id}`;
export const idOfPosting = (name: string): string => name.slice(name.indexOf(" ") + 1);
export const kindOfPosting = (name: string): string => name.slice(0, name.indexOf(" "));

/** The id of the shipment that a target is about: its end. */
export const shipmentOf = (target: string): string => target.slice(-36);
