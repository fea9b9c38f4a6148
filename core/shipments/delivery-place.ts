import type { StoredEvent } from "./event";

export type Coordinates = { latitude: number; longitude: number };

/** Where and when a source says that it was handed over. */
export type DeliveryPlace = {
  /** The place in the source's words, without coordinates that stand beside it; null where only these were told. */
  name: string | null;
  coordinates: Coordinates | null;
  atMs: number | null;
};

const NUMBER = String.raw`([+-]?\d{1,3}\.\d{2,12})`;
const PAIR = new RegExp(
  String.raw`[([]?\s*(?:(?:geo:|lat\w*[:=]?)\s*)?${NUMBER}\s*[,;/ ]\s*(?:l[on]\w*[:=]?\s*)?${NUMBER}(?![\d.])\s*[)\]]?`,
  "i",
);

/** Reads decimal degrees, latitude first, out of a place as sources write it; null where there are none or they are of no place on Earth. */
export function coordinatesIn(place: string): Coordinates | null {
  const match = PAIR.exec(place.slice(0, 500));
  if (!match) return null;
  const [latitude, longitude] = [Number(match[1]), Number(match[2])];
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null;
  // a device without a fix writes nought
  return latitude === 0 && longitude === 0 ? null : { latitude, longitude };
}

/** The place of the delivery out of the events of a shipment: of what tells that it was delivered or proved, the newest that names one. */
export function deliveryPlace(events: readonly StoredEvent[]): DeliveryPlace | null {
  const told = events.filter(
    (event) =>
      (event.kind === "delivered" || event.kind === "pod_received") &&
      event.classifier === "actual" &&
      !event.withdrawn &&
      placeOf(event) !== null,
  );
  const newest = told.toSorted((a, b) => timeOf(b) - timeOf(a))[0];
  const place = newest ? placeOf(newest) : null;
  if (!newest || place === null) return null;
  const coordinates = coordinatesIn(place);
  const name = coordinates
    ? place
        .replace(PAIR, " ")
        .replaceAll(/\s+/g, " ")
        .replaceAll(" ,", ",")
        .replaceAll(/^[\s,;–-]+|[\s,;–-]+$/g, "")
    : place;
  return { name: name === "" ? null : name, coordinates, atMs: newest.time?.occurredAtMs ?? null };
}

/** The address of a place on OpenStreetMap: of coordinates with a mark, else of a search for its name. */
export function mapAddress({ name, coordinates }: Pick<DeliveryPlace, "name" | "coordinates">): string | null {
  if (coordinates) {
    const { latitude, longitude } = coordinates;
    return `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=17/${latitude}/${longitude}`;
  }
  return name === null ? null : `https://www.openstreetmap.org/search?${new URLSearchParams({ query: name })}`;
}

function placeOf(event: StoredEvent): string | null {
  const place = (event.location ?? event.raw.place ?? "").trim();
  return place === "" ? null : place;
}

function timeOf(event: StoredEvent): number {
  return event.time?.occurredAtMs ?? event.receivedAtMs;
}
