import { z } from "zod";
import type { Role } from "@/core/access/roles";
import type { PersonSettings } from "@/db/queries/people";
import { AppError } from "../errors";

const words = z.array(z.string().trim().min(1).max(100)).max(50).default([]);

/** The carriers and warehouses whose shipments a partner sees, as the shipments name them. */
export const partnerScopeSchema = z.object({ carriers: words, warehouses: words });
export type PartnerScope = z.infer<typeof partnerScopeSchema>;

/** Writes a partner's scope into their settings; a partner without one would see nothing, which is refused. */
export function settingsWithScope(
  settings: PersonSettings,
  role: Role,
  scope: PartnerScope | undefined,
): PersonSettings {
  const { partner: was, ...rest } = settings;
  if (role !== "partner") return rest;
  const chosen = scope ?? partnerScopeOf(settings);
  if (chosen.carriers.length + chosen.warehouses.length === 0) {
    throw new AppError("invalid", "Say which carrier or warehouse this partner may see.");
  }
  return { ...rest, partner: chosen };
}

/** Reads a partner's scope; nothing stored is a scope that shows nothing. */
export function partnerScopeOf(settings: PersonSettings): PartnerScope {
  const parsed = partnerScopeSchema.safeParse(settings.partner ?? {});
  return parsed.success ? parsed.data : { carriers: [], warehouses: [] };
}
