/** A correlation id that a sender gave, where it is one we take over; null for anything else. */
export function saneCorrelationId(given: string | null | undefined): string | null {
  return given && /^[A-Za-z0-9][A-Za-z0-9._:@/+=-]{0,127}$/.test(given) ? given : null;
}

/** The sender's correlation id, or a new one. */
export function correlationIdOf(sent: string | null | undefined, make: () => string): string {
  return saneCorrelationId(sent) ?? make();
}
