/** Who says how things stand. */
export const SYSTEMS = ["carrier", "warehouse", "waypost", "odoo"] as const;
export type System = (typeof SYSTEMS)[number];

/** Pairs of systems that are compared, left with right. */
export const PAIRS = [
  "waypost_odoo",
  "carrier_waypost",
  "carrier_odoo",
  "warehouse_waypost",
  "warehouse_odoo",
] as const;
export type Pair = (typeof PAIRS)[number];

export const SIDES: Readonly<Record<Pair, readonly [System, System]>> = {
  waypost_odoo: ["waypost", "odoo"],
  carrier_waypost: ["carrier", "waypost"],
  carrier_odoo: ["carrier", "odoo"],
  warehouse_waypost: ["warehouse", "waypost"],
  warehouse_odoo: ["warehouse", "odoo"],
};

/** What is compared of a shipment. */
export const ASPECTS = [
  "state",
  "tracking",
  "quantities",
  "freight",
  "proof",
  "returns",
  "exceptions",
  "invoices",
] as const;
export type Aspect = (typeof ASPECTS)[number];

/** missing_left and missing_right: that side has nothing where the other has; accepted: it differs, and that was decided. */
export const VERDICTS = ["matched", "differs", "missing_left", "missing_right", "accepted"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Verdicts that somebody has to look at. */
export const OPEN_VERDICTS: readonly Verdict[] = ["differs", "missing_left", "missing_right"];

const LETTER: Readonly<Record<Verdict, string>> = {
  matched: "m",
  differs: "d",
  missing_left: "l",
  missing_right: "r",
  accepted: "a",
};
const VERDICT_OF = new Map(VERDICTS.map((verdict) => [LETTER[verdict], verdict]));
const NOT_COMPARED = "-";

/** Place of a pair and aspect in the line of letters, from 0. */
export function placeOf(pair: Pair, aspect: Aspect): number {
  return PAIRS.indexOf(pair) * ASPECTS.length + ASPECTS.indexOf(aspect);
}

export type Compared = { pair: Pair; aspect: Aspect; verdict: Verdict };

/** Writes verdicts as one line of letters, a place for each pair and aspect, so that a day of shipments stays small. */
export function lettersOf(compared: readonly Compared[]): string {
  const letters = new Array<string>(PAIRS.length * ASPECTS.length).fill(NOT_COMPARED);
  for (const { pair, aspect, verdict } of compared) letters[placeOf(pair, aspect)] = LETTER[verdict];
  return letters.join("");
}

/** Reads verdicts back; what was not compared is left out. */
export function verdictsIn(letters: string): Compared[] {
  return PAIRS.flatMap((pair) =>
    ASPECTS.flatMap((aspect) => {
      const verdict = VERDICT_OF.get(letters[placeOf(pair, aspect)] ?? NOT_COMPARED);
      return verdict === undefined ? [] : [{ pair, aspect, verdict }];
    }),
  );
}

/** The letters of verdicts, to look for at a place. */
export function lettersFor(verdicts: readonly Verdict[]): string[] {
  return verdicts.map((verdict) => LETTER[verdict]);
}

export type Tally = Compared & { count: number };

/**
 * Counts by pair, aspect and verdict what changes when shipments with the verdicts `before` have those of `after`; null stands for none.
 * Counts that stay are left out.
 */
export function tallyChange(changes: readonly { before: string | null; after: string | null }[]): Tally[] {
  const counts = new Map<string, Tally>();
  const add = (letters: string | null, by: 1 | -1) => {
    for (const compared of letters === null ? [] : verdictsIn(letters)) {
      const key = `${compared.pair} ${compared.aspect} ${compared.verdict}`;
      const known = counts.get(key);
      if (known) known.count += by;
      else counts.set(key, { ...compared, count: by });
    }
  };
  for (const { before, after } of changes) {
    if (before === after) continue;
    add(before, -1);
    add(after, 1);
  }
  return [...counts.values()].filter(({ count }) => count !== 0);
}
