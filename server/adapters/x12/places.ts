/** States and provinces that keep one clock; where two are kept, the place alone does not tell, and none is taken. */
const STATES: Readonly<Record<string, string>> = {
  "America/New_York": "CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV",
  "America/Chicago": "AL AR IA IL LA MN MO MS OK WI",
  "America/Denver": "CO MT NM UT WY",
  "America/Phoenix": "AZ",
  "America/Los_Angeles": "CA WA",
  "Pacific/Honolulu": "HI",
  "America/Puerto_Rico": "PR",
};

const PROVINCES: Readonly<Record<string, string>> = {
  "America/Halifax": "NS PE",
  "America/Moncton": "NB",
  "America/Winnipeg": "MB",
  "America/Regina": "SK",
  "America/Edmonton": "AB",
  "America/Whitehorse": "YT",
};

/** Names by which the X12 documents of one country go. */
const COUNTRY: Readonly<Record<string, string>> = { USA: "US", US: "US", CAN: "CA", CA: "CA" };

const ZONES: ReadonlyMap<string, string> = new Map(
  [["US", STATES] as const, ["CA", PROVINCES] as const].flatMap(([country, zones]) =>
    Object.entries(zones).flatMap(([zone, codes]) =>
      codes.split(" ").map((code) => [`${country}/${code}`, zone] as const),
    ),
  ),
);

/** Every state and province, for telling a country that was left out. */
const UNITED_STATES = new Set(
  "AL AK AZ AR CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK OR PA PR RI SC SD TN TX UT VA VT WA WI WV WY".split(
    " ",
  ),
);
const CANADA = new Set("AB BC MB NB NL NS NT NU ON PE QC SK YT".split(" "));

/** Writes a place as "US/VT"; null where the country cannot be told. */
export function placeKey(state: string | null, country: string | null): string | null {
  const code = state?.toUpperCase() ?? "";
  const named = country === null ? null : (COUNTRY[country.toUpperCase()] ?? country.toUpperCase());
  const told = named ?? (UNITED_STATES.has(code) ? "US" : CANADA.has(code) ? "CA" : null);
  return told === null ? null : `${told}/${code}`;
}

/** IANA zone of "US/VT"; undefined where a place has several, or is not known. */
export function zoneOfState(place: string): string | undefined {
  return ZONES.get(place);
}
