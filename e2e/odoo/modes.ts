/**
 * The ways in which the sandbox can be broken:
 * ok · down (port closed) · reset (connection cut, nothing done) · slow (answers after delayMs) · accept_then_hang (commits after delayMs
 * and never answers) · refuse (business refusal) · serialization (lost transaction) · unavailable (503) · pool_full (HTML 500) ·
 * unauthorised (key not accepted).
 */
export const MODES = [
  "ok",
  "down",
  "reset",
  "slow",
  "accept_then_hang",
  "refuse",
  "serialization",
  "unavailable",
  "pool_full",
  "unauthorised",
] as const;
export type ModeName = (typeof MODES)[number];

export type Mode = {
  mode: ModeName;
  delayMs: number;
  /** Which calls it breaks. */
  only: "all" | "writes";
  /** Which method alone it breaks, as `action_create_returns`; null: any. */
  method: string | null;
  /** How many calls it breaks before the sandbox is well again; null: until told. */
  times: number | null;
  /** For `refuse`: what Odoo says. */
  message: string;
};

/** Modes that make no sense on reads break writes only, unless told. */
const ON_WRITES: readonly ModeName[] = ["accept_then_hang", "refuse", "serialization"];

/** Reads a wish for a mode; throws a sentence when it is none. */
export function readMode(wish: unknown): Mode {
  const given = (typeof wish === "object" && wish !== null ? wish : {}) as Record<string, unknown>;
  const mode = MODES.find((name) => name === given.mode);
  if (!mode) throw new Error(`mode must be one of ${MODES.join(", ")}`);
  const delayMs = given.delayMs ?? 0;
  if (typeof delayMs !== "number" || delayMs < 0 || delayMs > 600_000)
    throw new Error("delayMs must be a number of milliseconds up to 600000");
  const times = given.times ?? null;
  if (times !== null && (typeof times !== "number" || times < 1)) throw new Error("times must be a number above 0");
  const only = given.only ?? (ON_WRITES.includes(mode) ? "writes" : "all");
  if (only !== "all" && only !== "writes") throw new Error("only must be all or writes");
  const method = typeof given.method === "string" ? given.method : null;
  const message = typeof given.message === "string" ? given.message.slice(0, 500) : "The sandbox was told to refuse.";
  return { mode, delayMs, only, method, times, message };
}

export const WELL: Mode = { mode: "ok", delayMs: 0, only: "all", method: null, times: null, message: "" };
