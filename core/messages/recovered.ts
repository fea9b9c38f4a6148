/** Said before the name of a message that its source did not send, and that was found by asking for it or by a comparison. */
export const RECOVERED = "recovered ";

/** Whether a message of this name came by reconciliation and not by its ordinary way. */
export function isRecovered(name: string | null): boolean {
  return name?.startsWith(RECOVERED) ?? false;
}
