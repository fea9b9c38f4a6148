import type { OdooDomain } from "./call";

/** Outgoing and drop-ship transfers; a drop-ship is known by its ends, because its type is `incoming` in older versions. */
export function shipped(prefix: string): OdooDomain {
  return [
    "|",
    [`${prefix}picking_type_id.code`, "=", "outgoing"],
    "&",
    [`${prefix}location_id.usage`, "=", "supplier"],
    [`${prefix}location_dest_id.usage`, "=", "customer"],
  ];
}
