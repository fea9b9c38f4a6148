import { z } from "zod";
import { PEOPLE } from "@/core/feeds/feed";
import {
  type AddressRole,
  addressesOf,
  type PostalAddress,
  postcodeFault,
  suggestPostcode,
} from "@/core/shipments/address";
import type { Json } from "@/core/shipments/attributes";
import { CORRECTABLE, decisionOn, ruledOut, sourcesOfTracking } from "@/core/shipments/correction";
import type { Shipment } from "@/core/shipments/shipment";
import { findShipmentHead, listFeedNames } from "@/db/queries/shipment-page";
import { type Actor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";

export const readSourcesInput = z.object({ shipmentId: z.uuid(), what: z.enum(CORRECTABLE) });

/** A tracking number with all that name it, and the last scan told under it. */
export type NamedNumber = {
  number: string;
  by: { feed: string; feedClass: string }[];
  lastScanAtMs: number | null;
  ruledOut: boolean;
};

/** An address with its source, and what is wrong with its postcode. */
export type SourceAddress = {
  role: AddressRole;
  feed: string;
  feedClass: string;
  address: PostalAddress;
  fault: string | null;
  suggestion: string | null;
  ruledOut: boolean;
};

export type Sources = {
  numbers: NamedNumber[];
  addresses: SourceAddress[];
  /** What a person decided; null where nobody did. */
  decision: Json;
};

/** Reads who says what about a field that a person may decide. */
export async function readSources(
  ctx: Pick<Context, "sql">,
  actor: Actor,
  input: z.infer<typeof readSourcesInput>,
): Promise<Sources> {
  requireRight(actor, "shipments:correct");
  const [head, feeds] = await Promise.all([findShipmentHead(ctx.sql, input.shipmentId), listFeedNames(ctx.sql)]);
  if (head === null) throw new AppError("not_found", "There is no shipment of this number.");
  if (!("trackingBy" in head.state)) return { numbers: [], addresses: [], decision: null };
  const shipment = head.state as Shipment;
  const name = (feedId: number) =>
    feedId === PEOPLE.feedId ? PEOPLE.name : (feeds.find((feed) => feed.id === feedId)?.name ?? `feed ${feedId}`);
  const decision = decisionOn(shipment, input.what);
  return input.what === "address"
    ? { numbers: [], addresses: addressRows(shipment, name), decision }
    : { numbers: numberRows(shipment, name), addresses: [], decision };
}

function numberRows(shipment: Shipment, name: (feedId: number) => string): NamedNumber[] {
  const out = ruledOut(shipment, "tracking_number");
  const rows = new Map<string, NamedNumber>();
  for (const { feedId, feedClass, numbers } of sourcesOfTracking(shipment)) {
    for (const number of numbers) {
      const pack = shipment.packages.find((one) => one.number === number);
      const row = rows.get(number) ?? {
        number,
        by: [],
        lastScanAtMs: pack?.lastMovementAtMs ?? null,
        ruledOut: out.has(number),
      };
      row.by.push({ feed: name(feedId), feedClass });
      rows.set(number, row);
    }
  }
  return [...rows.values()].slice(0, 100);
}

function addressRows(shipment: Shipment, name: (feedId: number) => string): SourceAddress[] {
  const out = ruledOut(shipment, "address");
  return addressesOf(shipment)
    .slice(0, 20)
    .map(({ role, feedId, feedClass, address, key }) => ({
      role,
      feed: name(feedId),
      feedClass,
      address,
      fault: postcodeFault(address),
      suggestion: suggestPostcode(address),
      ruledOut: out.has(key),
    }));
}
