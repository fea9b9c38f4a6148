import { z } from "zod";
import { thresholdsSchema } from "@/core/exceptions/thresholds";
import { FEED_CLASSES } from "@/core/feeds/feed";
import { DEFAULT_OBJECTIVES, objectiveSchema, WORKFLOWS, type Workflow } from "@/core/service-levels/objectives";
import { ATTRIBUTES, type Attribute } from "@/core/shipments/attributes";
import { DEFAULT_OWNERSHIP } from "@/core/shipments/ownership";

const objectives = z.object(
  Object.fromEntries(WORKFLOWS.map((w) => [w, objectiveSchema.default(DEFAULT_OBJECTIVES[w])])) as Record<
    Workflow,
    z.ZodDefault<typeof objectiveSchema>
  >,
);

const classes = z
  .array(z.enum(FEED_CLASSES))
  .min(1, "At least one kind of feed must be able to decide.")
  .max(FEED_CLASSES.length)
  .refine((list) => new Set(list).size === list.length, "Each kind of feed may stand here once.");

const ownership = z.object(
  Object.fromEntries(ATTRIBUTES.map((a) => [a, classes.default([...DEFAULT_OWNERSHIP[a]])])) as Record<
    Attribute,
    z.ZodDefault<typeof classes>
  >,
);

/** Settings of the workspace by name, each with its defaults; what is stored may be older and lack fields. */
export const workspaceSchemas = { thresholds: thresholdsSchema, objectives, ownership } as const;

export type SettingName = keyof typeof workspaceSchemas;
export const SETTING_NAMES = ["thresholds", "objectives", "ownership"] as const satisfies readonly SettingName[];

export type WorkspaceSettings = { [N in SettingName]: z.output<(typeof workspaceSchemas)[N]> };

/** Fills stored settings up with defaults; a value that no longer fits its schema is replaced by the defaults as a whole. */
export function readWorkspaceSettings(stored: Readonly<Record<string, unknown>>): WorkspaceSettings {
  const read = <N extends SettingName>(name: N): WorkspaceSettings[N] => {
    const schema = workspaceSchemas[name];
    const parsed = schema.safeParse(stored[name] ?? {});
    return (parsed.success ? parsed.data : schema.parse({})) as WorkspaceSettings[N];
  };
  return { thresholds: read("thresholds"), objectives: read("objectives"), ownership: read("ownership") };
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
  { name: "podRequired", label: "Every delivery needs a proof", unit: "", group: "Movement" },
  { name: "podMinutes", label: "Proof of delivery is missing after", unit: "minutes", group: "Movement" },
  {
    name: "unknownShipmentGraceMinutes",
    label: "Facts without a home are reported after",
    unit: "minutes",
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
  { name: "silenceFactor", label: "A feed is silent beyond its usual gap times", unit: "", group: "Feeds" },
  { name: "duplicateBurstPercent", label: "Burst of duplicates above", unit: "%", group: "Feeds" },
  { name: "duplicateBurstWindowMinutes", label: "Burst of duplicates within", unit: "minutes", group: "Feeds" },
  { name: "duplicateBurstMinimum", label: "Burst of duplicates from", unit: "messages", group: "Feeds" },
  { name: "rejectedSenderCount", label: "Sender refused after wrong signatures", unit: "", group: "Feeds" },
  { name: "rejectedSenderWindowMinutes", label: "Wrong signatures counted within", unit: "minutes", group: "Feeds" },
  { name: "floodEvents", label: "Too many events on one shipment from", unit: "events", group: "Feeds" },
];
