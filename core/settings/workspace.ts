import { z } from "zod";
import { alertRulesSchema } from "@/core/alerts/rules";
import { analyticsSchema } from "@/core/carriers/counting";
import { ownersSchema } from "@/core/exceptions/owner-rules";
import { thresholdsSchema } from "@/core/exceptions/thresholds";
import { FEED_CLASSES } from "@/core/feeds/feed";
import { freightSchema } from "@/core/freight/settings";
import { noticesSchema } from "@/core/notices/settings";
import { reconciliationSchema } from "@/core/reconciliation/settings";
import { routingSchema } from "@/core/routing/rules";
import { DEFAULT_OBJECTIVES, objectiveSchema, WORKFLOWS, type Workflow } from "@/core/service-levels/objectives";
import { ATTRIBUTES, type Attribute } from "@/core/shipments/attributes";
import { DEFAULT_OWNERSHIP } from "@/core/shipments/ownership";
import { workersSchema } from "@/core/workers/setting";

const objectives = z.object(
  Object.fromEntries(WORKFLOWS.map((w) => [w, objectiveSchema.default(DEFAULT_OBJECTIVES[w])])) as Record<
    Workflow,
    z.ZodDefault<typeof objectiveSchema>
  >,
);

const anyClasses = z
  .array(z.enum(FEED_CLASSES))
  .max(FEED_CLASSES.length)
  .refine((list) => new Set(list).size === list.length, "Each kind of feed may stand here once.");
const classes = anyClasses.min(1, "At least one kind of feed must be able to decide.");

const ownership = z.object({
  ...(Object.fromEntries(ATTRIBUTES.map((a) => [a, classes.default([...DEFAULT_OWNERSHIP[a]])])) as Record<
    Attribute,
    z.ZodDefault<typeof classes>
  >),
  milestones: anyClasses.default([...DEFAULT_OWNERSHIP.milestones]),
});

/** Settings of the workspace by name, each with its defaults; what is stored may be older and lack fields. */
export const workspaceSchemas = {
  thresholds: thresholdsSchema,
  objectives,
  ownership,
  alerts: alertRulesSchema,
  owners: ownersSchema,
  reconciliation: reconciliationSchema,
  freight: freightSchema,
  routing: routingSchema,
  workers: workersSchema,
  analytics: analyticsSchema,
  notices: noticesSchema,
} as const;

export type SettingName = keyof typeof workspaceSchemas;
export const SETTING_NAMES = [
  "thresholds",
  "objectives",
  "ownership",
  "alerts",
  "owners",
  "reconciliation",
  "freight",
  "routing",
  "workers",
  "analytics",
  "notices",
] as const satisfies readonly SettingName[];

export type WorkspaceSettings = { [N in SettingName]: z.output<(typeof workspaceSchemas)[N]> };

/** Fills stored settings up with defaults; a value that no longer fits its schema is replaced by the defaults as a whole. */
export function readWorkspaceSettings(stored: Readonly<Record<string, unknown>>): WorkspaceSettings {
  const read = <N extends SettingName>(name: N): WorkspaceSettings[N] => {
    const schema = workspaceSchemas[name];
    const parsed = schema.safeParse(stored[name] ?? {});
    return (parsed.success ? parsed.data : schema.parse({})) as WorkspaceSettings[N];
  };
  return {
    thresholds: read("thresholds"),
    objectives: read("objectives"),
    ownership: read("ownership"),
    alerts: read("alerts"),
    owners: read("owners"),
    reconciliation: read("reconciliation"),
    freight: read("freight"),
    routing: read("routing"),
    workers: read("workers"),
    analytics: read("analytics"),
    notices: read("notices"),
  };
}

export type ThresholdField = {
  name: keyof WorkspaceSettings["thresholds"];
  label: string;
  unit: string;
  group: string;
};

/** What each threshold means, in the words of the screen, in its order. */
export const THRESHOLD_FIELDS: readonly ThresholdField[] = [
  { name: "firstScanMinutes", label: "First scan is late after booking by", unit: "minutes", group: "Movement" },
  { name: "scanMinutes", label: "Scan is late in transit after", unit: "minutes", group: "Movement" },
  { name: "dispatchGraceMinutes", label: "Dispatch is late after its promise by", unit: "minutes", group: "Movement" },
  { name: "deliveryGraceMinutes", label: "Delivery is late after its promise by", unit: "minutes", group: "Movement" },
  {
    name: "atRiskMinutes",
    label: "Delivery is at risk when its estimate is past the promise by",
    unit: "minutes",
    group: "Movement",
  },
  { name: "podRequired", label: "Every delivery needs a proof", unit: "", group: "Movement" },
  { name: "podMinutes", label: "Proof of delivery is missing after", unit: "minutes", group: "Movement" },
  {
    name: "returnGraceMinutes",
    label: "Return without one in Odoo is reported after",
    unit: "minutes",
    group: "Movement",
  },
  {
    name: "outForDeliveryMinutes",
    label: "Delivery is missing after going out for delivery by",
    unit: "minutes, 0 never",
    group: "Missing steps",
  },
  {
    name: "customsMinutes",
    label: "Release by customs is missing after",
    unit: "minutes, 0 never",
    group: "Missing steps",
  },
  {
    name: "returnMinutes",
    label: "Arrival of a return is missing after",
    unit: "minutes, 0 never",
    group: "Missing steps",
  },
  { name: "expectPicked", label: "A warehouse that speaks must tell of picking", unit: "", group: "Missing steps" },
  { name: "expectPacked", label: "A warehouse that speaks must tell of packing", unit: "", group: "Missing steps" },
  { name: "expectPickedUp", label: "A carrier that speaks must tell of the pickup", unit: "", group: "Missing steps" },
  {
    name: "expectOutForDelivery",
    label: "A carrier that delivers must tell when it goes out",
    unit: "",
    group: "Missing steps",
  },
  {
    name: "gapGraceMinutes",
    label: "A skipped step is reported when a later one is known for",
    unit: "minutes",
    group: "Missing steps",
  },
  {
    name: "unknownShipmentGraceMinutes",
    label: "Facts without a home are reported after",
    unit: "minutes",
    group: "Matching",
  },
  {
    name: "lookAlikeHours",
    label: "Shipments that look alike may be one within",
    unit: "hours, 0 never",
    group: "Matching",
  },
  { name: "trackingWindowDays", label: "A tracking number is free again after", unit: "days", group: "Matching" },
  {
    name: "skewMinutes",
    label: "The end of a shipment wins over scans later by up to",
    unit: "minutes",
    group: "Time",
  },
  { name: "futureToleranceMinutes", label: "A time is implausible when ahead by", unit: "minutes", group: "Time" },
  { name: "lateUpdateMinutes", label: "An update is late when told after", unit: "minutes, 0 never", group: "Time" },
  { name: "silenceFactor", label: "A feed is silent beyond its usual gap times", unit: "", group: "Feeds" },
  { name: "duplicateBurstPercent", label: "Burst of duplicates above", unit: "%", group: "Feeds" },
  { name: "duplicateBurstWindowMinutes", label: "Burst of duplicates within", unit: "minutes", group: "Feeds" },
  { name: "duplicateBurstMinimum", label: "Burst of duplicates from", unit: "messages", group: "Feeds" },
  { name: "rejectedSenderCount", label: "Sender refused after wrong signatures", unit: "", group: "Feeds" },
  { name: "rejectedSenderWindowMinutes", label: "Wrong signatures counted within", unit: "minutes", group: "Feeds" },
  { name: "claimWindowDays", label: "A claim must be filed after the promise within", unit: "days", group: "Money" },
  { name: "invoiceHoldDays", label: "A delivery should be invoiced within", unit: "days", group: "Money" },
  {
    name: "invoicedAheadDays",
    label: "What is invoiced first should be delivered within",
    unit: "days, or by the promise",
    group: "Money",
  },
  { name: "largeRisk", label: "A large sum at risk lifts an exception from", unit: "of its currency", group: "Money" },
  { name: "floodEvents", label: "Too many events on one shipment from", unit: "events", group: "Feeds" },
  {
    name: "lowClassDepth",
    label: "Feeds of the low class are asked to come later (429) when more wait than",
    unit: "messages, 0 never",
    group: "Feeds",
  },
];
