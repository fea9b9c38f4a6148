import { Agent, request as undiciRequest } from "undici";
import type { PostingClass } from "@/core/postings/policy";
import { type CallName, fromNetwork, OdooFailure } from "./errors";

/** One HTTP answer, whole: `json` is undefined where the body is not JSON. */
export type HttpAnswer = { status: number; text: string; json: unknown };

/** How urgent a call is among those that wait to leave; a pulse measures, so it waits for none. */
export type CallUrgency = PostingClass | "pulse";

export type HttpRequest = {
  method: "GET" | "POST";
  url: string;
  headers: Record<string, string>;
  body?: string;
  timeoutMs: number;
  maxBytes: number;
  urgency: CallUrgency;
  /** Told when it really leaves, after any wait. */
  onLeave?: () => void;
};

/** Sends one request and reads the bounded answer. Throws `OdooFailure` for all that is not an HTTP answer. */
export type Send = (request: HttpRequest, call: CallName) => Promise<HttpAnswer>;

async function readBounded(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Makes a sender of its own. Odoo closes every connection after its answer, and a kept connection that a proxy closes under our
 * hands would turn a harmless close into "perhaps done"; so each call gets a new connection.
 */
export function createSend(): Send & { close: () => Promise<void> } {
  const agents = new Map<number, Agent>();
  const agentFor = (timeoutMs: number) => {
    const known = agents.get(timeoutMs);
    if (known) return known;
    const agent = new Agent({
      pipelining: 0,
      connect: { timeout: Math.min(10_000, Math.max(250, Math.floor(timeoutMs / 2))) },
      headersTimeout: timeoutMs + 1_000,
      bodyTimeout: timeoutMs + 1_000,
    });
    agents.set(timeoutMs, agent);
    return agent;
  };
  const send: Send = async (request, call) => {
    try {
      request.onLeave?.();
      const response = await undiciRequest(request.url, {
        method: request.method,
        headers: request.headers,
        body: request.body,
        dispatcher: agentFor(request.timeoutMs),
        signal: AbortSignal.timeout(request.timeoutMs),
      });
      const text = await readBounded(response.body, request.maxBytes);
      if (text === null)
        throw new OdooFailure("unknown", call, {
          message: `Odoo's answer is larger than the ${request.maxBytes} bytes that Waypost takes.`,
          code: "TOO_LARGE",
          status: response.statusCode,
        });
      return { status: response.statusCode, text, json: parse(text) };
    } catch (error) {
      throw error instanceof OdooFailure ? error : fromNetwork(call, error);
    }
  };
  const close = async () => {
    await Promise.all([...agents.values()].map((agent) => agent.close()));
    agents.clear();
  };
  return Object.assign(send, { close });
}
