import { ZodError } from "zod";
import type { AdapterName, VerifyScheme } from "@/core/feeds/feed";
import type { Json } from "@/core/shipments/attributes";
import { isZone } from "@/core/shipments/zones";
import { adapterNamed } from "../adapters/registry";
import { AppError } from "../errors";
import { parseVerifySettings } from "../verify/verify";

/** Checks what only the adapter and the signature scheme know about their settings, and the zone; throws `invalid` with the field. */
export function checkedSettings(input: {
  adapter: AdapterName;
  settings: unknown;
  verify: VerifyScheme;
  verifySettings: unknown;
  zone: string | null;
}): { settings: Json; verifySettings: Json } {
  if (input.zone !== null && !isZone(input.zone))
    throw new AppError("invalid", `${input.zone} is no time zone; name one like Europe/Prague.`);
  const adapter = adapterNamed(input.adapter);
  if (!adapter) throw new AppError("invalid", `There is no adapter ${input.adapter}.`);
  const settings = said(() => adapter.parseSettings(input.settings), "settings");
  const verifySettings = said(() => parseVerifySettings(input.verify, input.verifySettings), "signature");
  return { settings: (settings ?? {}) as Json, verifySettings: verifySettings as Json };
}

function said<T>(parse: () => T, what: string): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    const [first] = error.issues;
    throw new AppError("invalid", `${what}.${first?.path.join(".") ?? ""}: ${first?.message ?? "is not valid"}`);
  }
}
