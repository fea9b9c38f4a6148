/** Writes a span in words with one unit, cut off: "12 s", "3 min", "5 h", "4 d". Takes ms; below zero counts as zero. */
export function spanInWords(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < 60_000) return `${Math.floor(whole / 1000)} s`;
  if (whole < 3_600_000) return `${Math.floor(whole / 60_000)} min`;
  if (whole < 48 * 3_600_000) return `${Math.floor(whole / 3_600_000)} h`;
  return `${Math.floor(whole / 86_400_000)} d`;
}

/** Writes a span in words with two units, cut off: "45 min", "26 h 10 min", "4 d 3 h". Takes ms. */
export function spanInTwoUnits(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return "less than a minute";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 72) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
