import type { PostingRequest } from "@/core/postings/desired";
import { describeCall, type OdooCall } from "./call";
import type { OdooClient } from "./client";
import { concernsConnection, OdooFailure } from "./errors";
import {
  type ExecuteContext,
  executePosting,
  hiddenFailure,
  look,
  type OdooAttempt,
  outcomeOf,
  summarise,
  type Timing,
  timeFrom,
} from "./execute";
import type { Readback, Step } from "./postings/kind";
import { postingKind } from "./postings/kinds";

/** Requests of one call share it only up to so many characters of JSON, so that documents do not pile up in memory and in Odoo. */
const MOST_CHARACTERS = 6_000_000;

/**
 * What makes two calls one: the same method with the same values and context. `load` puts its rows under each other (all are taken or
 * none), `write` and `button_validate` take the records together (one transaction), and writes of the same fields that name their rows
 * become a `load`. Null: the call goes alone.
 */
export function mergeKey(call: Step): string | null {
  const { model, method, args = {}, context = {}, row } = call;
  if (row) return JSON.stringify([model, "row", row.fields, context]);
  if (method === "load") return JSON.stringify([model, method, args.fields, context]);
  if (method === "write") return JSON.stringify([model, method, args.vals, context]);
  if (method === "button_validate") return JSON.stringify([model, method, args, context]);
  return null;
}

/** Makes one call of several with the same merge key. */
export function merge(calls: readonly Step[]): OdooCall {
  const [head] = calls;
  if (!head) throw new Error("nothing to merge");
  const { row, onMade, ...first } = head;
  const alike = (call: Step) => JSON.stringify(call.args) === JSON.stringify(first.args);
  if (row && !calls.every(alike)) {
    const data = calls.flatMap((call) => (call.row ? [call.row.data] : []));
    return { model: first.model, method: "load", args: { fields: row.fields, data }, context: first.context };
  }
  if (first.method === "load") {
    const data = calls.flatMap((call) => (call.args?.data as unknown[] | undefined) ?? []);
    return { ...first, args: { ...first.args, data } };
  }
  return { ...first, ids: [...new Set(calls.flatMap((call) => call.ids ?? []))] };
}

type Ready = { request: PostingRequest; call: Step };

/**
 * Brings several postings of one kind about, in as few calls as they fit in, and says of each what came of it. Each keeps its own external
 * id. A shared call that Odoo refuses changed nothing; it is halved until the one that cannot be stands alone. One without an answer is
 * unknown for all in it. Never throws for anything that Odoo or the network does.
 */
export async function executeTogether(
  plain: OdooClient,
  requests: readonly PostingRequest[],
  context: ExecuteContext,
): Promise<OdooAttempt[]> {
  const [first] = requests;
  if (!first) return [];
  if (requests.length === 1) return [await executePosting(plain, first, context)];
  const client = plain.with({ correlationId: first.correlationId });
  const kind = postingKind(first.desired.kind);
  const attempts = new Map<string, OdooAttempt>();
  const timing = timeFrom(client, context.now);
  let seen: Readback = [];
  const ready: Ready[] = [];
  const alone: PostingRequest[] = [];
  try {
    const dialect = await client.dialect();
    if (kind.looksFirst) seen = await look(client, requests);
    for (const request of requests) {
      const content =
        request.desired.kind === "proof_of_delivery" ? await context.document(request.desired.documentId) : null;
      const next = kind.call(request, seen, dialect, { content, round: 0 });
      const [call] = next.do === "send" && next.calls.length === 1 ? next.calls : [];
      if (call && !call.onMade && mergeKey(call) !== null) ready.push({ request, call });
      else alone.push(request);
    }
  } catch (error) {
    if (!(error instanceof OdooFailure)) throw error;
    for (const { key } of requests) attempts.set(key, failedAttempt(error, [], null, timing()));
  }
  const one = (request: PostingRequest) => executePosting(plain, request, context, seen);
  for (const bundle of bundlesOf(ready)) {
    for (const [key, attempt] of await sendBundle(client, bundle, context, one)) attempts.set(key, attempt);
  }
  for (const request of alone) {
    if (!attempts.has(request.key)) attempts.set(request.key, await one(request));
  }
  return requests.map((request) => {
    const attempt = attempts.get(request.key);
    if (!attempt) throw new Error(`no attempt of ${request.key}`);
    return attempt;
  });
}

function bundlesOf(ready: readonly Ready[]): Ready[][] {
  const bundles: Ready[][] = [];
  for (const group of Map.groupBy(ready, ({ call }) => mergeKey(call)).values()) {
    let bundle: Ready[] = [];
    let size = 0;
    for (const one of group) {
      const own = JSON.stringify(one.call.args ?? null).length;
      if (bundle.length > 0 && size + own > MOST_CHARACTERS) {
        bundles.push(bundle);
        bundle = [];
        size = 0;
      }
      bundle.push(one);
      size += own;
    }
    bundles.push(bundle);
  }
  return bundles;
}

async function sendBundle(
  client: OdooClient,
  bundle: readonly Ready[],
  context: ExecuteContext,
  one: (request: PostingRequest) => Promise<OdooAttempt>,
): Promise<[string, OdooAttempt][]> {
  const [first] = bundle;
  if (first && bundle.length === 1) return [[first.request.key, await one(first.request)]];
  const timing = timeFrom(client, context.now);
  let sentAtMs = context.now();
  const call = merge(bundle.map((one) => one.call));
  const asked = [`${describeCall(call)}, for ${bundle.length} postings`];
  const forAll = (attempt: OdooAttempt) => bundle.map(({ request }): [string, OdooAttempt] => [request.key, attempt]);
  try {
    const answer = await client.call(call, () => {
      sentAtMs = context.now();
    });
    const hidden = hiddenFailure(call, answer, bundle.length);
    if (hidden instanceof OdooFailure) throw hidden;
    if (hidden)
      throw new OdooFailure("refused", call, {
        message: `Odoo did nothing and asks a question instead (${hidden.wizard}).`,
        code: "wizard",
      });
    return forAll({
      outcome: "accepted",
      failure: null,
      reason: "Odoo took it.",
      field: null,
      request: asked,
      response: [summarise(answer)],
      transient: false,
      connectionDown: false,
      sent: true,
      sentAtMs,
      ...timing(),
    });
  } catch (error) {
    if (!(error instanceof OdooFailure)) throw error;
    const sent = error.kind !== "unreachable";
    if (outcomeOf(error, sent) !== "rejected")
      return forAll(failedAttempt(error, asked, sent ? sentAtMs : null, timing()));
    const middle = Math.ceil(bundle.length / 2);
    const halves: [string, OdooAttempt][] = [];
    for (const half of [bundle.slice(0, middle), bundle.slice(middle)])
      halves.push(...(await sendBundle(client, half, context, one)));
    return halves;
  }
}

function failedAttempt(error: OdooFailure, request: string[], sentAtMs: number | null, timing: Timing): OdooAttempt {
  const sent = sentAtMs !== null;
  const outcome = outcomeOf(error, sent);
  return {
    outcome,
    failure: error.code === "wizard" ? "wizard" : error.kind,
    reason: error.message,
    field: error.field,
    request,
    response: [`${error.kind}: ${error.code}`],
    transient: outcome === "unreachable",
    connectionDown: concernsConnection(error.kind) || (error.kind === "unknown" && outcome === "unreachable"),
    sent,
    sentAtMs,
    ...timing,
  };
}
