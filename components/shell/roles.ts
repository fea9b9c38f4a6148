import type { Role } from "@/core/access/roles";

export const ROLE_WORD: Readonly<Record<Role, string>> = {
  administrator: "Administrator",
  logistics: "Logistics",
  support: "Support",
  finance: "Finance",
  executive: "Executive",
  partner: "Partner",
};
