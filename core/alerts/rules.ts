import { z } from "zod";
import { SEVERITIES, type Severity } from "@/core/exceptions/kinds";

/** How the workspace gathers and holds back alerts. */
export const alertRulesSchema = z.object({
  /** Seconds in which news of a cause are gathered before its first alert. */
  collectSeconds: z.number().int().min(5).max(900).default(20),
  /** Minutes of silence about a cause after an alert; what comes meanwhile is counted and told in the next. */
  throttleMinutes: z.number().int().min(1).max(1440).default(15),
  /** Whether critical and high exceptions that nobody acknowledged by their due time are told to the next role. */
  escalate: z.boolean().default(true),
});
export type AlertRules = z.output<typeof alertRulesSchema>;

export const MAIL_CHOICES = ["none", ...SEVERITIES] as const;

/** What one person wants to hear by e-mail; in the app everything of their role is listed. */
export const alertWishesSchema = z.object({
  /** The mildest severity of a cause that is mailed; none mails no cause. */
  mailFrom: z.enum(MAIL_CHOICES).default("high"),
  /** Mail when an exception is given to me, or a colleague names me. */
  mailPersonal: z.boolean().default(true),
});
export type AlertWishes = z.output<typeof alertWishesSchema>;

/** Reads a person's wishes out of the stored settings; what does not fit counts as the defaults. */
export function wishesOf(settings: unknown): AlertWishes {
  const stored = typeof settings === "object" && settings !== null && "alerts" in settings ? settings.alerts : {};
  const parsed = alertWishesSchema.safeParse(stored);
  return parsed.success ? parsed.data : alertWishesSchema.parse({});
}

/** Says whether a person with these wishes is mailed about a cause of this severity. */
export function mails(wishes: AlertWishes, severity: Severity): boolean {
  return wishes.mailFrom !== "none" && SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(wishes.mailFrom);
}
