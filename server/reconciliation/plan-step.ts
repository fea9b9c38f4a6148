import type { z } from "zod";
import type { Right } from "@/core/access/rights";
import { POSTINGS_OF } from "@/core/reconciliation/cause";
import {
  FOR_POSTING,
  forFeed,
  forSource,
  RIGHTS_OF_DEED,
  together,
  type Waits,
  wordsToAsk,
} from "@/core/reconciliation/deeds";
import { planRepair, type RepairAbout, type RepairStep, WITHOUT_POSTING } from "@/core/reconciliation/repair";
import type { Json } from "@/core/shipments/attributes";
import { numbersIn } from "@/core/shipments/owned";
import { newestReceipts } from "@/db/queries/feed-watch";
import { type FoundPosting, findByIds } from "@/db/queries/outbox";
import type { ShipmentToCompare } from "@/db/queries/reconcile-rows";
import {
  type AskedFeed,
  findFeedsById,
  findUnknownRows,
  listFamilyIds,
  listMended,
  listPostedOf,
  receiptsWithWord,
} from "@/db/queries/repair";
import { finishItems, type ItemResult, type WorkingRun } from "@/db/queries/replay";
import { type Actor, may } from "../access/actor";
import { actorOfRun } from "../access/run-actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { p99Gap } from "../feeds/watch";
import { type Environment, loadEnvironment } from "../pipeline/environment";
import { emptyFiled } from "../pipeline/file-facts";
import type { Judged } from "../pipeline/judge";
import { lookAll } from "../postings/repost-step";
import { changesOf, replayItems } from "../runs/replay-step";
import { type NumberMove, previewMoveNumber, undone } from "../shipments/move-number";
import { judgeNow, lockFamilies } from "../shipments/refold";
import type { ComparedShipment, Comparer } from "./compare-chunk";
import { compared } from "./compared";
import type { repairScope } from "./repair";
import { type Fields, nameOfPosting, type Planned, type ShownStep } from "./repair-items";
import { wordsOf } from "./repair-words";

type Item = { position: number; target: string };
type Scope = z.infer<typeof repairScope>;
type Changes = { before: Json[]; after: Json[] };

/** Messages of one shipment whose reading anew is shown. */
const MOST_SHOWN = 20;
const USUAL_GAP_MS = 60 * 60_000;
const HISTORY_MS = 14 * 86_400_000;
const SAMPLES = 500;

/** Plans a chunk: reads Odoo and shows, in order, what the run would do, what it would wait for, and what people have to do. Writes nothing. */
export async function planItems(
  ctx: Context,
  comparer: Comparer,
  run: WorkingRun,
  items: readonly Item[],
  scope: Scope,
): Promise<void> {
  const ids = items.map(({ target }) => target);
  const found = await compared(ctx, comparer, ids);
  const unknown = await findUnknownRows(
    ctx.sql,
    scope.day,
    found.flatMap(({ one, id }) => (one === null ? [id] : [])),
  );
  const differing = found.flatMap(({ one }) => one?.differences ?? []);
  const planner: Planner = {
    ctx,
    comparer,
    run,
    actor: await actorOfRun(ctx.sql, run.id),
    env: await loadEnvironment(ctx.sql, comparer.worker.environment),
    feeds: await findFeedsById(ctx.sql, [...new Set(differing.flatMap(({ feedId }) => feedId ?? []))]),
    mended: await listMended(ctx.sql, wordsOf(differing)),
    scope,
  };
  const plans: Plan[] = [];
  for (const { one, id, failed } of found) {
    const row = unknown.get(id);
    if (one === null && row) plans.push({ ...EMPTY, steps: planUnknown(row), unknown: { ...row } });
    else if (one === null) plans.push({ ...EMPTY, failed: failed ?? "It is not there any more." });
    else if (one.differences.length === 0) plans.push({ ...EMPTY, failed: null });
    else plans.push(await planOne(planner, one));
  }
  const posting = plans.flatMap(({ steps }) => steps.flatMap(({ posting: one }) => one?.id ?? []));
  const postings = await findByIds(ctx.sql, posting);
  const looked = await lookAll(ctx, comparer.clients, [...postings.values()]);
  const results = items.map((item, index) => resultOf(planner, item, plans[index] as Plan, postings, looked));
  await ctx.sql.begin((tx) => finishItems(tx, run.id, results, ctx.now()));
}

type Planner = {
  ctx: Context;
  comparer: Comparer;
  run: WorkingRun;
  actor: Actor;
  env: Environment;
  feeds: ReadonlyMap<number, AskedFeed>;
  mended: ReadonlySet<string>;
  scope: Scope;
};

type Plan = {
  steps: RepairStep[];
  changes: Changes;
  copies: Map<RepairStep, string>;
  waits: Waits | null;
  others: string[];
  unknown: Planned["unknown"];
  /** Why nothing could be planned. */
  failed: string | null;
};
const EMPTY: Plan = {
  steps: [],
  changes: { before: [], after: [] },
  copies: new Map(),
  waits: null,
  others: [],
  unknown: null,
  failed: null,
};

function planUnknown(row: { connectionId: number; pickingId: number; name: string }): RepairStep[] {
  return [
    {
      act: "recover",
      aspect: "state",
      text: `${row.name} is read from Odoo and becomes a shipment here`,
      posting: null,
      before: null,
      after: null,
      deed: { act: "recover", connectionId: row.connectionId, pickingId: row.pickingId },
      waits: null,
      feedId: null,
      href: null,
    },
  ];
}

async function planOne(planner: Planner, one: ComparedShipment): Promise<Plan> {
  const { env, mended, scope } = planner;
  const { shipment } = one;
  const about: RepairAbout = {
    shipmentId: shipment.id,
    known: true,
    connectionId: shipment.connectionId,
    pickingId: shipment.pickingId,
    belongs: scope.belongs,
    slugOf: (feedId) => env.readings.get(feedId)?.slug ?? null,
    isAskable: (feedId) => planner.feeds.get(feedId)?.askable ?? false,
    askFromMs: askFrom(one, planner.ctx.now().getTime()),
    isMended: (feedId, kind, word) => mended.has(`${feedId}/${kind}/${word}`),
  };
  const plan: Plan = { ...EMPTY, changes: { before: [], after: [] }, copies: new Map(), others: [] };
  const moved = await previewMoves(planner, one, about);
  plan.steps = planRepair(one.differences, env.ownership, { ...about, belongs: moved?.belongs ?? about.belongs });
  if (moved) applyMove(planner, plan, one, moved);
  await addCorrection(planner, plan, one, moved);
  await previewReplays(planner, plan, shipment);
  await previewPlan(planner, plan, shipment);
  await addWaits(planner, plan, one);
  return plan;
}

type Moved = { move: NumberMove | null; belongs: "here" | "there" | null; refusal: string | null };

/** What moving the number would do, in the direction that a person named, or that the evidence tells. */
async function previewMoves(planner: Planner, one: ComparedShipment, about: RepairAbout): Promise<Moved | null> {
  const wrong = one.differences.find(
    ({ cause, other, word }) => cause === "wrong_match" && other !== null && word !== null,
  );
  if (!wrong?.other || wrong.word === null) return null;
  if (!may(planner.actor, "shipments:link") || !may(planner.actor, "shipments:correct"))
    return { move: null, belongs: about.belongs, refusal: null };
  const [here, there, number] = [about.shipmentId, wrong.other.shipmentId, wrong.word];
  const preview = (from: string, to: string) => previewMoveNumber(planner.ctx, planner.actor, { number, from, to });
  try {
    if (about.belongs === "here") return { move: await preview(there, here), belongs: "here", refusal: null };
    const move = await preview(here, there);
    if (about.belongs === "there" || move.belongs === "there") return { move, belongs: "there", refusal: null };
    if (move.belongs === "here") return { move: await preview(there, here), belongs: "here", refusal: null };
    const why = `Both may be the one that ${number} belongs to: look at the two, then say here which it is`;
    return { move: null, belongs: null, refusal: why };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { move: null, belongs: about.belongs, refusal: error.message };
  }
}

function applyMove({ env }: Planner, plan: Plan, { shipment }: ComparedShipment, { move, refusal }: Moved): void {
  plan.steps = plan.steps.map((step) =>
    step.act === "move_number" && refusal !== null ? { ...step, act: "link", deed: null, text: refusal } : step,
  );
  if (move === null) return;
  addChanges(plan, move.after, move.env ?? env);
  plan.others.push(
    ...move.after.flatMap(({ family, saved }) =>
      family.headId !== shipment.id && saved.pickingId !== null ? [family.headId] : [],
    ),
  );
}

/** What Odoo holds wrongly of this shipment after a move: posted anew where nothing is planned for it, else for a person. */
async function addCorrection(planner: Planner, plan: Plan, one: ComparedShipment, moved: Moved | null): Promise<void> {
  const { shipment, odoo } = one;
  const mine = moved?.move?.after.find(({ family }) => family.headId === shipment.id);
  if (!mine || odoo === null || odoo.state === "cancel") return;
  const ours = mine.saved.shipment.attributes.tracking_number?.value ?? null;
  const held = numbersIn(odoo.trackingReference ?? "").join(",");
  if ((typeof ours === "string" ? ours : "") === held || mine.postings.some(({ kind }) => kind === "tracking_number"))
    return;
  const base = { aspect: "tracking" as const, deed: null, waits: null, feedId: null, href: null, posting: null };
  if (typeof ours !== "string" || ours === "") {
    const text = `Empty the tracking number of ${odoo.name} in Odoo: no other is known of it`;
    plan.steps.push({ ...base, act: "correct_in_odoo", text, before: held, after: null });
    return;
  }
  const posted = await listPostedOf(planner.ctx.sql, [shipment.id, ...shipment.members], "tracking_number");
  const own = posted.find(({ after }) => after !== null && JSON.stringify(after).includes(`"${ours}"`));
  if (!own) return;
  const posting = { id: own.id, key: "", kind: "tracking_number" as const };
  const text = "Our number is posted again over the one that Odoo holds";
  plan.steps.push({ ...base, act: "post", text, posting, before: held, after: ours });
}

function addChanges(plan: Plan, judged: readonly Judged[], env: Environment): void {
  const { before, after } = changesOf({ filed: emptyFiled() }, judged, -1, env);
  plan.changes.before.push(...before);
  plan.changes.after.push(...after);
}

/** What reading again would change, where the word has its meaning already. */
async function previewReplays(planner: Planner, plan: Plan, shipment: ShipmentToCompare): Promise<void> {
  const { ctx, comparer, run, mended, actor } = planner;
  if (!may(actor, "messages:replay")) return;
  for (const { deed } of plan.steps) {
    if (deed?.act !== "replay" || !mended.has(`${deed.feedId}/${deed.kind}/${deed.word}`)) continue;
    const ids = (await listFamilyIds(ctx.sql, [shipment.id])).map(({ id }) => id);
    const receipts = await receiptsWithWord(ctx.sql, ids, deed, MOST_SHOWN);
    const asked = { ...run, dryRun: true, mapping: "current" as const, summary: null };
    // no item of the run has such a position: what is found is shown, and kept nowhere else
    const found = await replayItems(
      ctx,
      comparer.worker,
      asked,
      receipts.map((target, at) => ({ position: -1 - at, target })),
    );
    for (const { before, after } of found) {
      plan.changes.before.push(...(Array.isArray(before) ? before : []));
      plan.changes.after.push(...(Array.isArray(after) ? after : []));
    }
  }
}

/** What planning anew would plan; where it is nothing of the aspect, a person has to do it. */
async function previewPlan(planner: Planner, plan: Plan, shipment: ShipmentToCompare): Promise<void> {
  const wanted = plan.steps.filter(({ act }) => act === "plan");
  if (wanted.length === 0) return;
  const { ctx } = planner;
  const { judged, env } = await undone(ctx, async (tx) => {
    const { families, env: now } = await lockFamilies(tx, [shipment.id]);
    return { judged: await judgeNow(ctx, tx, now, families, [...families.byHead.values()]), env: now };
  });
  const kinds = new Map(
    judged.flatMap(({ postings }) => postings.map((one) => [one.kind as string, one.held] as const)),
  );
  const differing = plan.steps.filter(({ text }) => text.startsWith("Where they ask for nothing"));
  const isPlanned = (aspect: RepairStep["aspect"]) => POSTINGS_OF[aspect].some((kind) => kinds.has(kind));
  const some = differing.some(({ aspect }) => isPlanned(aspect));
  plan.steps = plan.steps.flatMap((step): RepairStep[] => {
    if (step.act === "plan") return some ? [{ ...step, waits: "posting" }] : [];
    if (!differing.includes(step)) return [step];
    const held = POSTINGS_OF[step.aspect].map((kind) => kinds.get(kind)).find((one) => one != null);
    if (isPlanned(step.aspect))
      return held
        ? [
            {
              ...step,
              act: "switch_on",
              text: `It is planned and then waits: ${held.replaceAll("_", " ")}`,
              href: "/settings/odoo",
            },
          ]
        : [];
    return [{ ...step, text: `The shipment's facts ask for no posting of it. ${WITHOUT_POSTING[step.aspect]}` }];
  });
  if (some) addChanges(plan, judged, env);
}

async function addWaits(planner: Planner, plan: Plan, one: ComparedShipment): Promise<void> {
  const { ctx, feeds } = planner;
  const nowMs = ctx.now().getTime();
  const all: Waits[] = [];
  for (const step of plan.steps) {
    const feed = step.feedId === null ? undefined : feeds.get(step.feedId);
    if (step.waits === "posting") all.push(FOR_POSTING);
    if (step.waits === "source") {
      all.push(forSource(step.feedId));
      plan.copies.set(step, askIn(planner, one, feed, nowMs));
    }
    if (step.waits !== "feed") continue;
    const receipts = feed ? await newestReceipts(ctx.sql, feed.id, new Date(nowMs - HISTORY_MS), SAMPLES) : [];
    const usual = feed?.silenceMinutes ? feed.silenceMinutes * 60_000 : (p99Gap(receipts) ?? USUAL_GAP_MS);
    const wait = forFeed(step.feedId, usual, receipts[0] ?? null, nowMs);
    all.push(wait);
    const first = new Date(nowMs + wait.firstMs).toISOString().slice(0, 16).replace("T", " ");
    step.text = `${feed?.name ?? "The feed"} usually speaks within ${Math.ceil(usual / 60_000)} minutes: it is compared again at ${first} UTC and then every ${Math.round(wait.everyMs / 60_000)} minutes. Bring the feed back meanwhile`;
  }
  plan.waits = together(all);
}

/** From when on a source is asked: the last that is known of it, or its leaving in Odoo. */
function askFrom({ shipment, odoo }: ComparedShipment, nowMs: number): number {
  const times = [shipment.state.lastEventAtMs, odoo?.doneAtMs ?? null].filter((ms) => ms !== null);
  return times.length > 0 ? Math.min(nowMs, ...times) : nowMs - 7 * 86_400_000;
}

function askIn({ ctx }: Planner, one: ComparedShipment, feed: AskedFeed | undefined, nowMs: number): string {
  const { shipment, odoo } = one;
  const { state } = shipment;
  const tracked = state.attributes.tracking_number?.value;
  const numbers = typeof tracked === "string" ? numbersIn(tracked) : numbersIn(odoo?.trackingReference ?? "");
  const door =
    feed === undefined
      ? "our usual address"
      : feed.wayIn === "file"
        ? `the folder of the feed “${feed.slug}”`
        : `${ctx.config.publicUrl}/api/feeds/${feed.slug}`;
  return wordsToAsk({
    shipment: shipment.name,
    numbers,
    feed: feed?.name ?? "the carrier's",
    door,
    fromMs: askFrom(one, nowMs),
    toMs: nowMs,
  });
}

function resultOf(
  planner: Planner,
  { position }: Item,
  plan: Plan,
  postings: ReadonlyMap<string, FoundPosting>,
  looked: Awaited<ReturnType<typeof lookAll>>,
): ItemResult {
  const base = { position, before: null, after: null };
  if (plan.failed !== null) return { ...base, result: "failed", reason: plan.failed };
  if (plan.steps.length === 0) return { ...base, result: "unchanged", reason: "Nothing differs any more." };
  const shown = plan.steps.map((step) => shownStep(planner, plan, step));
  const open = plan.steps.filter((_, index) => shown[index]?.blocked === null);
  const [before, after] = shownOf(open, postings, looked);
  const reason = shown
    .map(({ text, aspect, blocked }, index) => `${index + 1}. ${text} (${aspect})${blocked ? `: ${blocked}` : ""}.`)
    .join(" ")
    .slice(0, 900);
  const deeds = open.flatMap(({ deed }) => deed ?? []);
  const waits = plan.waits;
  const kept = {
    steps: shown,
    deeds,
    waits,
    aspects: [
      ...new Set(
        open
          .filter(({ deed, waits: one, act }) => deed !== null || one !== null || act === "post")
          .map(({ aspect }) => aspect),
      ),
    ],
    others: plan.others,
    unknown: plan.unknown,
    changes: plan.changes.after,
  } as unknown as Fields;
  const does = Object.keys(after).length > 0 || deeds.length > 0 || waits !== null;
  return {
    position,
    before: { ...before, changes: plan.changes.before },
    after: { ...after, ...kept },
    result: does ? "changed" : "skipped",
    reason,
  };
}

function shownStep({ actor }: Planner, { copies }: Plan, step: RepairStep): ShownStep {
  const rights: readonly Right[] =
    step.deed !== null ? RIGHTS_OF_DEED[step.deed.act] : step.act === "post" ? RIGHTS_OF_DEED.post : [];
  const lacking = rights.filter((right) => !may(actor, right));
  const { act, aspect, text, href } = step;
  const blocked = lacking.length > 0 ? `left out, since it needs the right ${lacking.join(" and ")}` : null;
  const does = blocked === null && (step.deed !== null || step.act === "post");
  return { act, aspect, text, href, does, copy: copies.get(step) ?? null, blocked };
}

function shownOf(
  steps: readonly RepairStep[],
  postings: ReadonlyMap<string, FoundPosting>,
  looked: Awaited<ReturnType<typeof lookAll>>,
): [Fields, Fields] {
  const before: Fields = {};
  const after: Fields = {};
  for (const { act, posting } of steps) {
    const row = act === "post" && posting ? postings.get(posting.id) : undefined;
    if (!row || !posting) continue;
    const read = looked.get(row.connectionId);
    const verdict = read?.ok ? read.verdicts.get(row.posting.key) : undefined;
    if (verdict?.verdict === "holds" || verdict?.verdict === "impossible") continue;
    before[nameOfPosting(posting)] = (verdict?.found ?? null) as Json;
    after[nameOfPosting(posting)] = row.after;
  }
  return [before, after];
}
