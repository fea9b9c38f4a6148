const whole = new Intl.NumberFormat("en");
const _compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** 1234567 -> "1,234,567". */
export function formatCount(value: number): string {
  return whole.format(value);
}

/** Share 0..1 as per cent; null is a dash. */
export function formatPercent(share: number | null, digits = 1): string {
  return share === null ? "–" : `${(share * 100).toFixed(digits)} %`;
}

/** Milliseconds in the unit a person would use: "420 ms", "3.2 s", "4 min 10 s", "2 h 5 min", "3 d 4 h". */
export function formatDuration(ms: number | null): string {
  if (ms === null) return "–";
  const abs = Math.abs(ms);
  if (abs < 1000) return `${Math.round(ms)} ms`;
  if (abs < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (abs < 60_000) return `${seconds} s`;
  if (abs < 3_600_000) return parts(Math.trunc(seconds / 60), "min", Math.abs(seconds % 60), "s");
  const minutes = Math.round(ms / 60_000);
  if (abs < 86_400_000) return parts(Math.trunc(minutes / 60), "h", Math.abs(minutes % 60), "min");
  const hours = Math.round(ms / 3_600_000);
  return parts(Math.trunc(hours / 24), "d", Math.abs(hours % 24), "h");
}

function parts(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

const UNITS = ["B", "kB", "MB", "GB"] as const;

/** Bytes in decimal units: "1.5 kB". */
export function formatBytes(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${step === 0 ? value : value.toFixed(1)} ${UNITS[step]}`;
}
