declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]?: Name };

/** UUIDv7 of a shipment; also the distribution key of all that belongs to it. */
export type ShipmentId = Branded<string, "ShipmentId">;
/** UUIDv7 of a message, called receipt outside. Its first 48 bits are the instant of receipt in ms. */
export type MessageId = Branded<string, "MessageId">;
export type ExceptionId = Branded<string, "ExceptionId">;
export type GroupId = Branded<string, "GroupId">;
export type RunId = Branded<string, "RunId">;
export type PersonId = Branded<string, "PersonId">;
export type FeedId = Branded<number, "FeedId">;
export type ConnectionId = Branded<number, "ConnectionId">;

/** Reads the instant (ms since 1970) out of a UUIDv7. */
export function instantOfUuidV7(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
