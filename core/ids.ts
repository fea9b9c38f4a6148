/** Reads the instant (ms since 1970) out of a UUIDv7. */
export function instantOfUuidV7(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
