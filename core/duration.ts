/** Writes a span in words with one unit, cut off: "12 s", "3 min", "5 h", "4 d". Takes ms; below zero counts as zero. */
export function spanInWords(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < 60_000) return `${Math.floor(whole / 1000)} s`;
  if (whole < 3_600_000) return `${Math.floor(whole / 60_000)} min`;
  if (whole < 48 * 3_600_000) return `${Math.floor(whole / 3_600_000)} h`;
  return `${Math.floor(whole / 86_400_000)} d`;
}
