import { instantInZone } from "@/core/shipments/zones";

/** A wall clock of the viewer, as a browser's field gives it ("2026-11-20T10:00"), as an instant; null for anything else. */
export function wallInstant(wall: string, zone: string): string | null {
  // Date.parse alone takes ":00Z" for the year 2000
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(wall)) return null;
  const ms = Date.parse(`${wall}:00Z`);
  return Number.isNaN(ms) ? null : new Date(instantInZone(ms, zone)).toISOString();
}
