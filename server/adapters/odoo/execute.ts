import type { AttemptOutcome, PostingRequest, PostingVerdict } from "@/core/postings/desired";
import { describeCall, idsOf, type OdooCall, type OdooRow, rowsOf } from "./call";
import type { OdooClient } from "./client";
import { concernsConnection, isConcurrency, isTransient, OdooFailure, type OdooFailureKind, tidy } from "./errors";
import type { Readback, Step } from "./postings/kind";
import { postingKind } from "./postings/kinds";

/**
 * What came of one attempt. accepted: Odoo took every call (whether it holds is for `readBack` to say). rejected: a person must act.
 * unreachable: nothing was done, try again later. unknown: it may have happened; look before sending again.
 */
export type OdooAttempt = {
  outcome: AttemptOutcome;
  failure: OdooFailureKind | "wizard" | "not_sendable" | null;
  reason: string;
  field: string | null;
  /** Calls sent, without their values. */
  request: string[];
  /** What Odoo answered to each, shortened. */
  response: string[];
  /** True where the same request may simply be sent again later: nothing was changed. */
  transient: boolean;
  /** True where no other posting of this connection would fare better just now. */
  connectionDown: boolean;
  /** True once a call that changes something was handed to the network. */
  sent: boolean;
  /** When the last call that changes something left; the time that it may still be running counts from here. Null: none left. */
  sentAtMs: number | null;
  startedAtMs: number;
  endedAtMs: number;
  /** Without the time in which its calls waited to leave. */
  durationMs: number;
};

export type ExecuteContext = {
  /** Milliseconds since 1970. */
  now: () => number;
  /** Fetches a document's bytes by its id; null when it is not there. */
  document: (documentId: string) => Promise<Uint8Array | null>;
};

/** A message or a posted bill that exists may not be changed by `load`: so it exists. */
const ALREADY_THERE: Readonly<Record<string, RegExp>> = {
  "mail.message": /^Only administrators can modify 'model'/,
  "account.move": /^You cannot modify the following readonly fields on a posted move/,
};
const IMPORT_PREFIX = /^Unknown error during import: <class '[^']*'>: /;

/** The stored document that a posting carries. */
function documentOf({ desired }: PostingRequest): string | null {
  if (desired.kind === "proof_of_delivery") return desired.documentId;
  return "document" in desired ? (desired.document?.documentId ?? null) : null;
}

/** What a failed call means for its posting; `sent` says whether anything that changes something was handed to the network. */
export function outcomeOf(failure: OdooFailure, sent: boolean): AttemptOutcome {
  if (failure.kind === "unknown") return sent ? "unknown" : "unreachable";
  if (isTransient(failure.kind) || failure.kind === "auth" || failure.kind === "database") return "unreachable";
  return "rejected";
}

/**
 * Reads the answer of a call for what a 200 can hide: `load` that loaded nothing, and a wizard instead of a validation. `rows` are the
 * postings that share the call.
 */
export function hiddenFailure(call: OdooCall, answer: unknown, rows = 1): OdooFailure | { wizard: string } | null {
  if (call.method === "load") {
    const { ids, messages } = (answer ?? {}) as { ids?: unknown; messages?: { message?: unknown; field?: unknown }[] };
    if (Array.isArray(ids)) return null;
    const first = messages?.[0];
    const said = String(first?.message ?? "Odoo loaded nothing and did not say why.");
    const message = tidy(said.replace(IMPORT_PREFIX, ""));
    // what exists may not be changed by everybody: so it exists; of several, one exists and none was loaded
    if (rows === 1 && ALREADY_THERE[call.model]?.test(message)) return null;
    const kind = isConcurrency(message) ? "serialization" : "refused";
    return new OdooFailure(kind, call, {
      message,
      code: "load",
      field: typeof first?.field === "string" ? first.field : null,
    });
  }
  if (call.method === "button_validate" && typeof answer === "object" && answer !== null)
    return { wizard: String((answer as Record<string, unknown>).res_model ?? "unnamed") };
  return null;
}

/** Shortens an answer to what a person reads in the list of attempts. */
export function summarise(answer: unknown): string {
  if (answer === null || typeof answer === "boolean" || typeof answer === "number") return String(answer);
  if (typeof answer === "object" && "ids" in answer) return `ids ${JSON.stringify(answer.ids)}`.slice(0, 200);
  if (typeof answer === "object" && "res_model" in answer) return `wizard ${String(answer.res_model)}`.slice(0, 200);
  return JSON.stringify(answer).slice(0, 200);
}

/** Reads what a kind has to know of its records, for several requests at once. */
export async function look(client: OdooClient, requests: readonly PostingRequest[]): Promise<Readback> {
  const first = requests[0];
  if (!first) return [];
  const dialect = await client.dialect();
  const calls = postingKind(first.desired.kind).read(requests, dialect);
  const seen: OdooRow[][] = [];
  // one after the other: side by side they would hold up the people in that Odoo and not be faster
  for (const call of calls) seen.push(rowsOf(await callOrNone(client, call)));
  return seen;
}

/** A model that this Odoo does not have has no rows. */
async function callOrNone(client: OdooClient, call: OdooCall): Promise<unknown> {
  try {
    return await client.call(call);
  } catch (error) {
    if (error instanceof OdooFailure && error.kind === "not_found_route") return [];
    throw error;
  }
}

const MOST_ROUNDS = 3;

/** When an attempt began and ended, and how long of it was Odoo's. */
export type Timing = Pick<OdooAttempt, "startedAtMs" | "endedAtMs" | "durationMs">;

/** Takes the time of an attempt that begins now; the time in which its calls wait to leave is none of Odoo's. */
export function timeFrom(client: OdooClient, now: () => number): () => Timing {
  const startedAtMs = now();
  const waitedMs = client.waitedMs();
  return () => {
    const endedAtMs = Math.max(startedAtMs, now());
    const durationMs = Math.max(0, Math.round(endedAtMs - startedAtMs - (client.waitedMs() - waitedMs)));
    return { startedAtMs, endedAtMs, durationMs };
  };
}

/** The call of a step; one on a record just made takes its id from the answer before (14 answers a bare id). */
function callOf({ onMade, row, ...call }: Step, before: unknown): OdooCall {
  return onMade ? { ...call, ids: typeof before === "number" ? [before] : idsOf(before) } : call;
}

/** Says of a refused edge whether its effect is there all the same: somebody, or an earlier call of ours, was faster. */
async function isThere(client: OdooClient, request: PostingRequest): Promise<boolean> {
  const kind = postingKind(request.desired.kind);
  try {
    const seen = await look(client, [request]);
    return kind.verify(request, seen, await client.dialect()).verdict === "holds";
  } catch (error) {
    if (error instanceof OdooFailure) return false;
    throw error;
  }
}

/**
 * Brings one posting about: looks where its kind has to, sends its calls in order, and says what came of it. Keeps no state, so a
 * second process may do the same after a crash. `looked` is a reading made a moment ago. Never throws for anything that Odoo or the
 * network does.
 */
export async function executePosting(
  plain: OdooClient,
  request: PostingRequest,
  context: ExecuteContext,
  looked?: Readback,
): Promise<OdooAttempt> {
  const client = plain.with({ correlationId: request.correlationId });
  const timing = timeFrom(client, context.now);
  const kind = postingKind(request.desired.kind);
  const asked: string[] = [];
  const answered: string[] = [];
  let sent = false;
  let sentAtMs: number | null = null;
  const end = (rest: Pick<OdooAttempt, "outcome" | "failure" | "reason"> & Partial<OdooAttempt>): OdooAttempt => ({
    field: null,
    transient: false,
    connectionDown: false,
    ...rest,
    request: asked,
    response: answered,
    sent,
    sentAtMs: sent ? sentAtMs : null,
    ...timing(),
  });
  try {
    const dialect = await client.dialect();
    const documentId = documentOf(request);
    const content = documentId === null ? null : await context.document(documentId);
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const seen = !kind.looksFirst ? [] : round === 0 && looked ? looked : await look(client, [request]);
      const next = kind.call(request, seen, dialect, { content, round });
      if (next.do === "nothing") return end({ outcome: "accepted", failure: null, reason: next.reason });
      if (next.do === "refuse")
        return end({ outcome: "rejected", failure: "not_sendable", reason: next.reason, field: next.field });
      let answer: unknown = null;
      for (const step of next.calls) {
        const call = callOf(step, answer);
        asked.push(describeCall(call));
        sent = true;
        sentAtMs = context.now();
        answer = await client.call(call, () => {
          sentAtMs = context.now();
        });
        answered.push(summarise(answer));
        const hidden = hiddenFailure(call, answer);
        if (hidden instanceof OdooFailure) throw hidden;
        if (hidden)
          return end({
            outcome: "rejected",
            failure: "wizard",
            reason: `Odoo did nothing and asks a question instead (${hidden.wizard}).`,
          });
      }
      if (next.do === "send") return end({ outcome: "accepted", failure: null, reason: "Odoo took it." });
    }
    return end({
      outcome: "rejected",
      failure: "not_sendable",
      reason: "Odoo does not come to a state to go on from.",
    });
  } catch (error) {
    if (!(error instanceof OdooFailure)) throw error;
    if (error.kind === "unreachable" && answered.length === 0) sent = false;
    answered.push(`${error.kind}: ${error.code}`);
    const outcome = outcomeOf(error, sent);
    if (error.kind === "refused" && kind.looksFirst && (await isThere(client, request)))
      return end({ outcome: "accepted", failure: null, reason: "It is in Odoo already." });
    return end({
      outcome,
      failure: error.kind,
      reason: error.message,
      field: error.field,
      transient: outcome === "unreachable",
      connectionDown: concernsConnection(error.kind) || (error.kind === "unknown" && outcome === "unreachable"),
    });
  }
}

/** How many requests one reading call covers. */
export const READ_BATCH = 200;

/**
 * Reads back what postings were to bring about, in batches by kind. The answer has a verdict for every key, but for those that Odoo does
 * not let the user read: these are in `unread`, with the reason. Throws `OdooFailure` when Odoo cannot be read at all.
 */
export async function readBack(
  client: OdooClient,
  requests: readonly PostingRequest[],
  unread: Map<string, string> = new Map(),
): Promise<Map<string, PostingVerdict>> {
  const verdicts = new Map<string, PostingVerdict>();
  const dialect = await client.dialect();
  const read = async (batch: readonly PostingRequest[]): Promise<void> => {
    try {
      const seen = await look(client, batch);
      for (const request of batch)
        verdicts.set(request.key, postingKind(request.desired.kind).verify(request, seen, dialect));
    } catch (error) {
      if (!(error instanceof OdooFailure) || concernsConnection(error.kind) || error.kind === "unknown") throw error;
      // a company that the user works for no more hides nobody else's
      const byCompany = [...Map.groupBy(batch, ({ record }) => record.companyId).values()];
      if (byCompany.length > 1) for (const one of byCompany) await read(one);
      else if (batch.length === requests.length) throw error;
      else for (const { key } of batch) unread.set(key, error.message);
    }
  };
  for (const group of Map.groupBy(requests, (request) => request.desired.kind).values()) {
    for (let at = 0; at < group.length; at += READ_BATCH) {
      await read(group.slice(at, at + READ_BATCH));
    }
  }
  return verdicts;
}
