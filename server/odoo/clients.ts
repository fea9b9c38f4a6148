import type { WorkingConnection } from "@/db/queries/odoo-work";
import { saveServer } from "@/db/queries/odoo-work";
import { createOdooClient, type OdooClient } from "../adapters/odoo/client";
import { isAnswer, OdooFailure, type OdooFailureKind } from "../adapters/odoo/errors";
import { createSend } from "../adapters/odoo/http";
import type { Context } from "../context";
import { unseal } from "../seal";
import { type CallRate, makeCallRate } from "./call-rate";
import { makeTurns, type Turns } from "./turns";

const ASK_EVERY_MS = 60_000;
const send = createSend();

async function differenceOf(before: OdooClient, now: OdooClient): Promise<string | null> {
  if (before.server.version !== now.server.version)
    return `Odoo ${before.server.version} has become ${now.server.version}`;
  const [was, is] = [await before.dialect(), await now.dialect()];
  return JSON.stringify(was.fields) === JSON.stringify(is.fields) ? null : "The modules of this Odoo have changed";
}

/** Calls that ended, and how many of them failed. */
export type Ended = { calls: number; failed: number };

/**
 * Clients by connection; one whose settings changed is made anew. Every call they make leaves by the rate of its connection. `inTurns`: all
 * calls to one Odoo wait in one line beside it.
 */
export class OdooClients {
  private readonly turns = new Map<number, Turns>();
  private readonly rates = new Map<number, CallRate>();
  private readonly ended = new Map<number, Ended>();
  private readonly askedAt = new Map<number, number>();
  private readonly known = new Map<number, { stamp: number; client: OdooClient }>();

  constructor(private readonly inTurns = true) {}

  /** The line in which calls to one Odoo wait; null where they leave at once. */
  turnsAt(connectionId: number): Turns | null {
    if (!this.inTurns) return null;
    const turns = this.turns.get(connectionId) ?? makeTurns();
    this.turns.set(connectionId, turns);
    return turns;
  }

  /** Takes the calls that ended since it was asked last. */
  takeEnded(connectionId: number): Ended {
    const ended = this.ended.get(connectionId) ?? { calls: 0, failed: 0 };
    this.ended.delete(connectionId);
    return ended;
  }

  private count(connectionId: number, failure: OdooFailureKind | null): void {
    const { calls, failed } = this.ended.get(connectionId) ?? { calls: 0, failed: 0 };
    const isFailed = failure !== null && !isAnswer(failure);
    this.ended.set(connectionId, { calls: calls + 1, failed: failed + (isFailed ? 1 : 0) });
  }

  private rateOf(connection: WorkingConnection): CallRate {
    const rate = this.rates.get(connection.id) ?? makeCallRate(connection.ratePerSecond);
    this.rates.set(connection.id, rate);
    rate.change(connection.ratePerSecond);
    return rate;
  }

  /** Throws `OdooFailure` when the server cannot be asked what it is. */
  async get(ctx: Context, connection: WorkingConnection): Promise<OdooClient> {
    const rate = this.rateOf(connection);
    const known = this.known.get(connection.id);
    if (known && known.stamp === connection.updatedAtMs) return known.client;
    const onEnd = (failure: OdooFailureKind | null) => this.count(connection.id, failure);
    const client = await createOdooClient({
      url: connection.url,
      db: connection.database,
      login: connection.login,
      key: unseal(ctx.config.secretKey, connection.sealedKey),
      timeoutMs: connection.timeoutMs,
      turn: this.turnsAt(connection.id)?.take ?? null,
      send: async (request, call) => {
        await rate.leave(request.urgency);
        return send(request, call);
      },
      onEnd,
    }).catch((error: unknown) => {
      if (error instanceof OdooFailure) onEnd(error.kind);
      throw error;
    });
    await saveServer(ctx.sql, connection.id, client.server.transport, client.server.version);
    this.known.set(connection.id, { stamp: connection.updatedAtMs, client });
    return client;
  }

  /**
   * Asks a server anew what it is, and says in words what is other than the client knew; null where nothing is. Asked at most once a
   * minute. Throws nothing for a server that does not answer.
   */
  async changeOf(ctx: Context, connection: WorkingConnection, client: OdooClient): Promise<string | null> {
    const known = this.known.get(connection.id)?.client;
    const changed = known && known !== client ? await differenceOf(client, known) : null;
    if (changed !== null) return changed;
    const nowMs = ctx.now().getTime();
    if (nowMs - (this.askedAt.get(connection.id) ?? Number.NEGATIVE_INFINITY) < ASK_EVERY_MS) return null;
    this.askedAt.set(connection.id, nowMs);
    try {
      this.forget(connection.id);
      return await differenceOf(client, await this.get(ctx, connection));
    } catch (error) {
      if (error instanceof OdooFailure) return null;
      throw error;
    }
  }

  /** Forgets a client, so that the server is asked again what it is (it may have been upgraded). */
  forget(connectionId: number): void {
    this.known.delete(connectionId);
  }
}
