/**
 * Calling codes by country (ITU-T E.164, list of assigned country codes; ISO 3166-1 alpha-2). Countries of the North American
 * plan share 1, Russia and Kazakhstan 7.
 */
const CODES = `AD376 AE971 AF93 AG1 AI1 AL355 AM374 AO244 AR54 AS1 AT43 AU61 AW297 AX358 AZ994 BA387 BB1 BD880 BE32 BF226 BG359 BH973
BI257 BJ229 BL590 BM1 BN673 BO591 BQ599 BR55 BS1 BT975 BW267 BY375 BZ501 CA1 CC61 CD243 CF236 CG242 CH41 CI225 CK682 CL56 CM237 CN86
CO57 CR506 CU53 CV238 CW599 CX61 CY357 CZ420 DE49 DJ253 DK45 DM1 DO1 DZ213 EC593 EE372 EG20 EH212 ER291 ES34 ET251 FI358 FJ679 FK500
FM691 FO298 FR33 GA241 GB44 GD1 GE995 GF594 GG44 GH233 GI350 GL299 GM220 GN224 GP590 GQ240 GR30 GT502 GU1 GW245 GY592 HK852 HN504
HR385 HT509 HU36 ID62 IE353 IL972 IM44 IN91 IO246 IQ964 IR98 IS354 IT39 JE44 JM1 JO962 JP81 KE254 KG996 KH855 KI686 KM269 KN1 KP850
KR82 KW965 KY1 KZ7 LA856 LB961 LC1 LI423 LK94 LR231 LS266 LT370 LU352 LV371 LY218 MA212 MC377 MD373 ME382 MF590 MG261 MH692 MK389
ML223 MM95 MN976 MO853 MP1 MQ596 MR222 MS1 MT356 MU230 MV960 MW265 MX52 MY60 MZ258 NA264 NC687 NE227 NF672 NG234 NI505 NL31 NO47
NP977 NR674 NU683 NZ64 OM968 PA507 PE51 PF689 PG675 PH63 PK92 PL48 PM508 PR1 PS970 PT351 PW680 PY595 QA974 RE262 RO40 RS381 RU7 RW250
SA966 SB677 SC248 SD249 SE46 SG65 SH290 SI386 SJ47 SK421 SL232 SM378 SN221 SO252 SR597 SS211 ST239 SV503 SX1 SY963 SZ268 TC1 TD235
TG228 TH66 TJ992 TK690 TL670 TM993 TN216 TO676 TR90 TT1 TV688 TW886 TZ255 UA380 UG256 US1 UY598 UZ998 VA39 VC1 VE58 VG1 VI1 VN84
VU678 WF681 WS685 XK383 YE967 YT262 ZA27 ZM260 ZW263`;

const CODE_OF: ReadonlyMap<string, string> = new Map(
  CODES.split(/\s+/).map((entry) => [entry.slice(0, 2), entry.slice(2)]),
);
const ALL_CODES: readonly string[] = [...new Set(CODE_OF.values())];

const FEWEST = 6;
const MOST = 15;

/** Digits as written, `international` when a + or 00 stands before them; null when they cannot be a telephone number. */
function digitsOf(said: string): { digits: string; international: boolean } | null {
  const text = said
    .normalize("NFKC")
    .replace(/^\s*tel:/i, "")
    .split(/;|ext|x|#/i, 1)[0]
    ?.replace(/\(0\)/g, "")
    .trim();
  if (!text || !/^[+(\d][\d\s().\-/\u2010-\u2013]*$/.test(text)) return null;
  const all = text.replace(/\D/g, "");
  const zeros = text.startsWith("+") ? 0 : all.startsWith("00") ? 2 : -1;
  const digits = zeros > 0 ? all.slice(zeros) : all;
  return digits.length < FEWEST || digits.length > MOST ? null : { digits, international: zeros >= 0 };
}

/** The number inside its country: the prefix that is dialled only at home is dropped (0; 8 in the plan of 7; 06 in Hungary; none in Italy). */
function nationalPart(digits: string, code: string): string {
  if (code === "39" || code === "378") return digits;
  if (code === "1") return digits.length === 11 && digits.startsWith("1") ? digits.slice(1) : digits;
  if (code === "7") return digits.length === 11 && /^[78]/.test(digits) ? digits.slice(1) : digits;
  if (code === "36" && digits.startsWith("06")) return digits.slice(2);
  return digits.startsWith("0") ? digits.slice(1) : digits;
}

/** The calling code at the start of an international number; null where none is assigned. Codes are free of prefixes of each other. */
function codeAt(digits: string): string | null {
  return [1, 2, 3].map((length) => digits.slice(0, length)).find((start) => ALL_CODES.includes(start)) ?? null;
}

function internationalForm(digits: string): { whole: string; national: string } | null {
  const code = codeAt(digits);
  if (code === null) return null;
  const national = nationalPart(digits.slice(code.length), code);
  return national.length < FEWEST - 2 ? null : { whole: `+${code}${national}`, national };
}

/**
 * Writes a telephone number in the one form it is kept under: `+` country code and national number (as E.164), or `~` and the national
 * number where neither the number nor `country` (ISO 3166-1 alpha-2) says which country it is in. Null when it is no such number.
 */
export function normalisePhone(said: string, country: string | null): string | null {
  const read = digitsOf(said);
  if (read === null) return null;
  if (read.international) return internationalForm(read.digits)?.whole ?? null;
  const code = CODE_OF.get(country?.toUpperCase() ?? "");
  if (code === undefined) return `~${nationalPart(read.digits, "")}`;
  const already = read.digits.length > 10 && read.digits.startsWith(code) && !read.digits.startsWith("0");
  return `+${code}${nationalPart(already ? read.digits.slice(code.length) : read.digits, code)}`;
}

/** Lists every form under which a searched number may be kept: one written without its country is tried in each, some 220 forms. */
export function phoneForms(said: string): string[] {
  const read = digitsOf(said);
  if (read === null) return [];
  const whole = internationalForm(read.digits);
  if (read.international) return whole === null ? [] : [whole.whole, `~${whole.national}`];
  const bare = read.digits.length > 10 && whole !== null ? [whole.whole] : [];
  const inEach = ALL_CODES.map((code) => `+${code}${nationalPart(read.digits, code)}`);
  return [...new Set([...bare, `~${nationalPart(read.digits, "")}`, ...inEach])];
}
