import { z } from "zod";
import { noticesSchema, withSince } from "@/core/notices/settings";
import { routingSchema } from "@/core/routing/rules";
import { SETTING_NAMES, type SettingName, workspaceSchemas } from "@/core/settings/workspace";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";
import { askReviewOfAll } from "@/db/queries/freight";
import { notifyFreight } from "@/db/queries/live";
import { insertReviewRun } from "@/db/queries/review";
import { listSettings, lockSetting, saveSetting } from "@/db/queries/settings";
import { type Actor, recordAudit, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError, sentenceOfZod } from "../errors";
import { checkTargets } from "./routing-targets";

export const changeSettingSchema = z.object({
  name: z.enum(SETTING_NAMES),
  value: z.record(z.string().max(100), z.unknown()),
  /** What the person saw when they began; another value stored meanwhile is a conflict. */
  seen: z.record(z.string().max(100), z.unknown()).optional(),
});

const RIGHT = {
  thresholds: "settings:manage",
  ownership: "settings:manage",
  objectives: "service_levels:manage",
  alerts: "settings:manage",
  owners: "settings:manage",
  reconciliation: "settings:manage",
  freight: "freight:manage",
  routing: "settings:manage",
  workers: "settings:manage",
  analytics: "settings:manage",
  notices: "settings:manage",
} as const;

/** Settings that change what is true of shipments already here. */
const JUDGED_BY: ReadonlySet<SettingName> = new Set<SettingName>(["thresholds", "ownership", "routing"]);

/** Shipments that ended are judged anew only when something changed on them within so many ms: 30 days. */
export const REVIEW_BACK_MS = 30 * 86_400_000;

export type ChangedSetting = {
  changed: boolean;
  /** The run that judges shipments by the new values; null where none has to be judged. */
  review: { id: string; shipments: number } | null;
};

/**
 * Stores a setting as a whole; refuses values outside their limits and a lost race. New thresholds, ownership and routing change what is true of shipments already here, so a run judges them anew.
 */
export async function changeSetting(
  ctx: Context,
  actor: Actor,
  input: z.infer<typeof changeSettingSchema>,
): Promise<ChangedSetting> {
  requireRight(actor, RIGHT[input.name]);
  const wished = parse(input.name, input.value);
  return ctx.sql.begin(async (tx) => {
    await lockSetting(tx, input.name);
    const before = parse(input.name, (await listSettings(tx))[input.name] ?? {});
    if (input.seen && !same(before, parse(input.name, input.seen))) {
      throw new AppError("conflict", "Somebody else has changed these settings meanwhile. Load them again.");
    }
    const value = input.name === "notices" ? begun(before, wished, ctx.now()) : wished;
    if (same(before, value)) return { changed: false, review: null };
    if (input.name === "routing") {
      await checkTargets(tx, routingSchema.parse(value));
      value.version = Number(before.version) + 1;
    }
    await saveSetting(tx, {
      name: input.name,
      value,
      updatedBy: actor.kind === "person" ? actor.id : null,
      updatedAt: ctx.now(),
    });
    if (input.name === "freight" && (await askReviewOfAll(tx, ctx.now())) > 0) await notifyFreight(tx);
    const [was, is] = differing(before, value);
    await recordAudit(ctx, tx, actor, {
      action: "settings.change",
      subject: `setting:${input.name}`,
      before: was,
      after: is,
    });
    return {
      changed: true,
      review: JUDGED_BY.has(input.name) ? await review(ctx, tx, actor, Object.keys(is)) : null,
    };
  });
}

async function review(ctx: Context, tx: Tx, actor: Actor, fields: string[]): Promise<ChangedSetting["review"]> {
  const id = ctx.uuid();
  const at = ctx.now();
  const shipments = await insertReviewRun(tx, {
    id,
    scope: { changed: fields },
    since: new Date(at.getTime() - REVIEW_BACK_MS),
    byPerson: actor.kind === "person" ? actor.id : null,
    byApiKey: actor.kind === "api_key" ? actor.id : null,
    at,
  });
  return shipments === 0 ? null : { id, shipments };
}

/** Customers are told of what happens from now on, whatever was sent along. */
function begun(before: Values, wished: Values, now: Date): Values {
  return withSince(noticesSchema.parse(before), noticesSchema.parse(wished), now.getTime()) as Values;
}

type Values = { [key: string]: Json };

function parse(name: SettingName, raw: unknown): Values {
  const parsed = workspaceSchemas[name].safeParse(raw);
  if (!parsed.success) throw new AppError("invalid", sentenceOfZod(parsed.error));
  return parsed.data as Values;
}

function same(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The fields that differ, before and after, so that an audit row shows the change and not the whole table. */
function differing(before: Values, after: Values): [Values, Values] {
  const names = Object.keys(after).filter((key) => !same(before[key] ?? null, after[key] ?? null));
  const pick = (from: Values): Values => Object.fromEntries(names.map((key) => [key, from[key] ?? null]));
  return [pick(before), pick(after)];
}
