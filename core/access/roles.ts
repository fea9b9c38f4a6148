export const ROLES = ["administrator", "logistics", "support", "finance", "executive", "partner"] as const;
export type Role = (typeof ROLES)[number];
