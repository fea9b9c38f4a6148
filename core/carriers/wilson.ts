const Z = 1.959963984540054;

/** Wilson's interval of a share for 95 %: where the true share lies, as [low, high] from 0 to 1; null for nothing. */
export function wilson(part: number, whole: number): [low: number, high: number] | null {
  if (whole <= 0) return null;
  const share = part / whole;
  const z2 = Z * Z;
  const middle = share + z2 / (2 * whole);
  const spread = Z * Math.sqrt((share * (1 - share)) / whole + z2 / (4 * whole * whole));
  const scale = 1 + z2 / whole;
  return [Math.max(0, (middle - spread) / scale), Math.min(1, (middle + spread) / scale)];
}
