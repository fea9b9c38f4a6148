import type { Contribution } from "./contribution";
import { MEASURES, SPREADS } from "./measures";

const DAY_MS = 86_400_000;

const numberOf = (day: string) => (Date.parse(day) / DAY_MS).toString(36);
const dayOf = (packed: string) => new Date(Number.parseInt(packed, 36) * DAY_MS).toISOString().slice(0, 10);

/**
 * Writes a contribution as a short text, since one is kept for every shipment: "day:measures" and "spread/day/key/n", apart by blanks; measures are
 * bits by their place in `MEASURES`, spreads their place in `SPREADS`, so both lists only ever grow at their end.
 */
export function pack({ counts, spreads }: Contribution): string {
  const days = Object.entries(counts).map(([day, measures]) => {
    const bits = measures.reduce((sum, measure) => sum | (1 << MEASURES.indexOf(measure)), 0);
    return `${numberOf(day)}:${bits.toString(36)}`;
  });
  const keys = spreads.map(
    ([spread, day, key, n]) => `${SPREADS.indexOf(spread)}/${numberOf(day)}/${encodeURIComponent(key)}/${n}`,
  );
  return [...days, ...keys].join(" ");
}

/** Reads what `pack` wrote. */
export function unpack(packed: string): Contribution {
  const contribution: Contribution = { counts: {}, spreads: [] };
  for (const part of packed.split(" ")) {
    const [day, bits] = part.split(":");
    if (day && bits) {
      const set = Number.parseInt(bits, 36);
      contribution.counts[dayOf(day)] = MEASURES.filter((_, at) => set & (1 << at));
      continue;
    }
    const [at, on, key, n] = part.split("/");
    const spread = SPREADS[Number(at)];
    if (spread && on && key) contribution.spreads.push([spread, dayOf(on), decodeURIComponent(key), Number(n)]);
  }
  return contribution;
}
