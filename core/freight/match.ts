import { isStrong, type ReferenceKind } from "@/core/shipments/references";

export type Named = { kind: ReferenceKind; issuer: string | null; value: string; said: string };
/** A stored reference with one of the values asked for; `shipmentId` is the head's. */
export type Hit = {
  kind: ReferenceKind;
  issuer: string | null;
  value: string;
  shipmentId: string;
  liveUntilMs: number | null;
};

export type Matched = { shipmentId: string | null; several: string[] };

/**
 * Finds the shipment that a charge is about: by its strong numbers first, else by the weak ones, and only where one shipment has them. A
 * tracking number whose window had ended before the bill names nobody.
 */
export function shipmentOf(named: readonly Named[], hits: readonly Hit[], billedAtMs: number): Matched {
  for (const strong of [true, false]) {
    const wanted = named.filter(({ kind }) => isStrong(kind) === strong);
    const found = new Set(
      hits
        .filter((hit) => hit.liveUntilMs === null || hit.liveUntilMs >= billedAtMs)
        .filter((hit) => wanted.some((one) => fits(one, hit)))
        .map((hit) => hit.shipmentId),
    );
    if (found.size === 1) return { shipmentId: [...found][0] ?? null, several: [] };
    if (found.size > 1) return { shipmentId: null, several: [...found].sort() };
  }
  return { shipmentId: null, several: [] };
}

/** An issuer that one side does not name fits any. */
function fits(one: Named, hit: Hit): boolean {
  return (
    one.kind === hit.kind &&
    one.value === hit.value &&
    (one.issuer === null || hit.issuer === null || one.issuer === hit.issuer)
  );
}
