import type { z } from "zod";
import type { previewInput } from "@/core/feeds/feed-input";
import type { Problem } from "@/core/outcome";
import type { InvoiceFacts, ShipmentFacts } from "@/core/shipments/facts";
import { listCrosswalk } from "@/db/queries/crosswalks";
import { type Actor, requireRight } from "../access/actor";
import { detectLayout, type Layout } from "../adapters/csv/layout";
import { adapterNamed, lookupInPacks } from "../adapters/registry";
import type { Context } from "../context";
import { AppError } from "../errors";
import { checkedSettings } from "./adapter-settings";

export type Preview = {
  /** How the file is written, where it is a delimited one. */
  layout: Layout | null;
  read: boolean;
  ignored: string | null;
  records: number;
  /** The first of the shipments that would be read. */
  shipments: ShipmentFacts[];
  shipmentCount: number;
  eventCount: number;
  /** The first of the freight bills. */
  bills: InvoiceFacts[];
  billCount: number;
  problems: Problem[];
  problemCount: number;
};

const SHOWN = 20;

/** Reads a sample as a feed with such settings would, and stores nothing. */
export async function previewFeed(ctx: Context, actor: Actor, input: z.infer<typeof previewInput>): Promise<Preview> {
  requireRight(actor, "feeds:read");
  const adapter = adapterNamed(input.adapter);
  if (!adapter) throw new AppError("invalid", `There is no adapter ${input.adapter}.`);
  const bytes = Buffer.from(input.body, "base64");
  const layout = input.adapter === "csv" ? detectLayout(bytes) : null;
  const { settings } = checkedSettings({ ...input, verify: "none", verifySettings: {} });
  const own = input.feedId === null ? null : await listCrosswalk(ctx.sql, input.feedId);
  const words = own && new Map(own.map((entry) => [`${entry.kind}\u001f${entry.word}`, entry.to]));
  const outcome = adapter.interpret(
    { bytes, contentType: null, headers: {}, receivedAtMs: ctx.now().getTime(), name: input.name },
    {
      feedId: input.feedId ?? 0,
      zone: input.zone,
      receivedAtMs: ctx.now().getTime(),
      lookup: words ? (kind, word) => words.get(`${kind}\u001f${word}`) : lookupInPacks(adapter),
      settings,
    },
  );
  const facts = outcome.ok ? outcome.value : null;
  return {
    layout,
    read: outcome.ok,
    ignored: facts?.ignored ?? null,
    records: facts?.records ?? 0,
    shipments: facts?.shipments.slice(0, SHOWN) ?? [],
    shipmentCount: facts?.shipments.length ?? 0,
    eventCount: facts?.shipments.reduce((sum, shipment) => sum + shipment.events.length, 0) ?? 0,
    bills: facts?.invoices.slice(0, SHOWN) ?? [],
    billCount: facts?.invoices.length ?? 0,
    problems: outcome.problems.slice(0, 100),
    problemCount: outcome.problems.length,
  };
}
