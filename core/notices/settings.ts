import { z } from "zod";
import { isZone } from "@/core/shipments/zones";
import { OCCASIONS, type Occasion } from "./occasions";
import { problemOf } from "./template";

const template = (most: number) =>
  z
    .string()
    .trim()
    .min(1, "Write a subject and a text for each message.")
    .max(most)
    .superRefine((text, ctx) => {
      const problem = problemOf(text);
      if (problem) ctx.addIssue({ code: "custom", message: problem });
    });

type Words = { subject: string; body: string };

const GOODBYE = "\n\n{{company}}";

/** Wording as shipped; a line whose variable has no value is left out of the message. */
export const DEFAULT_WORDS: Readonly<Record<Occasion, Words>> = {
  dispatched: {
    subject: "Your order {{order}} is on its way",
    body: `Good news: your order {{order}} has left us.\n\nCarrier: {{carrier}}\nTracking number: {{tracking_number}}\nExpected: {{promised}}${GOODBYE}`,
  },
  out_for_delivery: {
    subject: "Your order {{order}} arrives today",
    body: `Your order {{order}} is out for delivery.\n\nCarrier: {{carrier}}\nTracking number: {{tracking_number}}${GOODBYE}`,
  },
  delivery_attempted: {
    subject: "We missed you: order {{order}}",
    body: `The carrier tried to deliver your order {{order}} and could not. It will try again or tell you where to collect it.\n\nCarrier: {{carrier}}\nTracking number: {{tracking_number}}${GOODBYE}`,
  },
  available_for_pickup: {
    subject: "Your order {{order}} can be collected",
    body: `Your order {{order}} waits for you at the pickup point.\n\nCarrier: {{carrier}}\nTracking number: {{tracking_number}}${GOODBYE}`,
  },
  delivered: {
    subject: "Your order {{order}} was delivered",
    body: `Your order {{order}} was delivered.\n\nDelivered: {{delivered_at}}\nTracking number: {{tracking_number}}${GOODBYE}`,
  },
};

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "Write the time of day as HH:MM.");

const occasion = (words: Words) =>
  z.object({
    on: z.boolean().default(true),
    subject: template(200).default(words.subject),
    body: template(4_000).default(words.body),
    /** Since when customers are told of it; set by Waypost when it is switched on, null while it is off. */
    sinceMs: z.number().int().nullable().default(null),
  });

const whole = <T extends z.ZodType>(schema: T) => z.preprocess((value) => value ?? {}, schema);

/** What customers are told, in which words and when. */
export const noticesSchema = z
  .object({
    enabled: z.boolean().default(false),
    company: z.string().trim().max(100).default(""),
    zone: z.string().max(60).refine(isZone, "This is no time zone.").default("UTC"),
    quiet: whole(
      z.object({ on: z.boolean().default(false), from: clock.default("21:00"), to: clock.default("08:00") }),
    ),
    maxAgeHours: z.int().min(1).max(168).default(24),
    occasions: whole(
      z.object(
        Object.fromEntries(OCCASIONS.map((one) => [one, whole(occasion(DEFAULT_WORDS[one]))])) as Record<
          Occasion,
          ReturnType<typeof whole<ReturnType<typeof occasion>>>
        >,
      ),
    ),
  })
  .superRefine(({ enabled, company }, ctx) => {
    if (enabled && company === "")
      ctx.addIssue({ code: "custom", path: ["company"], message: "Name your company before customers are told." });
  });
export type NoticesSettings = z.output<typeof noticesSchema>;

/** Keeps since when each occasion is told, and begins it now for those just switched on: what happened before is never told. */
export function withSince(before: NoticesSettings, after: NoticesSettings, nowMs: number): NoticesSettings {
  const occasions = Object.fromEntries(
    OCCASIONS.map((one) => {
      const live = after.enabled && after.occasions[one].on;
      const since = before.enabled && before.occasions[one].on ? before.occasions[one].sinceMs : null;
      return [one, { ...after.occasions[one], sinceMs: live ? (since ?? nowMs) : null }];
    }),
  ) as NoticesSettings["occasions"];
  return { ...after, occasions };
}
