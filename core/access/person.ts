import { z } from "zod";
import { ROLES } from "./roles";

/** E-mail address as a person types it, kept in lower case: two spellings are one person. */
export const emailSchema = z.string().trim().toLowerCase().max(254).pipe(z.email("This is no e-mail address."));

/** A new password: long rather than odd. */
export const passwordSchema = z
  .string()
  .min(12, "A password needs at least 12 characters.")
  .max(200, "A password has at most 200 characters.");

export const personNameSchema = z.string().trim().min(1, "Say the person's name.").max(120);
export const roleSchema = z.enum(ROLES);

export const PERSON_STATES = ["invited", "active", "disabled"] as const;
export type PersonState = (typeof PERSON_STATES)[number];

/** What each role is for, in the words of the screens. */
export const ROLE_LABELS: Readonly<Record<(typeof ROLES)[number], { label: string; for: string }>> = {
  administrator: { label: "Administrator", for: "Everything, with people, keys, feeds and Odoo connections." },
  logistics: { label: "Logistics", for: "Shipments, exceptions, replay and repost, service levels." },
  support: { label: "Support", for: "Exceptions, mappings, replay and repost." },
  finance: { label: "Finance", for: "Reads everything, comments on exceptions." },
  executive: { label: "Executive", for: "Reads the tower, shipments, exceptions and service levels." },
  partner: { label: "Partner", for: "Reads the shipments of one carrier or warehouse." },
};
