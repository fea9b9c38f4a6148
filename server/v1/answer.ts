import type { z } from "zod";
import { type KeyActor, requireRight } from "../access/actor";
import { authenticateKey } from "../api-keys/authenticate";
import type { Context } from "../context";
import { correlationIdOf } from "../correlation";
import { AppError, HTTP_STATUS, sentenceOfBug, sentenceOfZod } from "../errors";
import { matchPath } from "./match";
import type { ApiRoute } from "./route";
import { routes } from "./routes";

const MOST_BYTES = 1_048_576;
const BASE = "/api/v1";

type Found = { route: ApiRoute; params: Record<string, string> };

/** Answers one call: key, scope, input, verb or query, output; whatever is refused becomes one error shape. */
export async function answerApi(ctx: Context, request: Request): Promise<Response> {
  const startedAt = performance.now();
  const correlationId = correlationIdOf(request.headers.get("x-correlation-id"), ctx.uuid);
  const headers = new Headers({ "x-correlation-id": correlationId, "cache-control": "no-store" });
  const url = new URL(request.url);
  const line: Record<string, unknown> = { correlationId, method: request.method };
  try {
    const actor = await authenticateKey(ctx, request.headers.get("authorization"));
    line.apiKey = actor.id;
    const found = find(request.method, url.pathname.slice(BASE.length), headers);
    line.route = found.route.path;
    const json = await call(ctx, actor, correlationId, found, url, request);
    return Response.json(json, { status: found.route.status, headers });
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal.bug) ctx.log.error({ ...line, err: error }, "api call failed");
    line.code = refusal.code;
    const retryAfter = error instanceof AppError ? error.details?.retryAfterSeconds : undefined;
    if (typeof retryAfter === "number") headers.set("retry-after", String(retryAfter));
    if (refusal.code === "unauthenticated") headers.set("www-authenticate", 'Bearer realm="Waypost"');
    const message = refusal.bug ? sentenceOfBug(correlationId) : refusal.message;
    return Response.json(
      { error: { code: refusal.code, message, correlationId, ...presentOf(error) } },
      { status: refusal.status, headers },
    );
  } finally {
    ctx.log.info({ ...line, durationMs: Math.round(performance.now() - startedAt) }, "api call");
  }
}

class WrongMethod extends Error {}

function find(method: string, path: string, headers: Headers): Found {
  const fitting = routes.flatMap((route) => {
    const params = matchPath(route.path, path);
    return params ? [{ route, params }] : [];
  });
  const found = fitting.find(({ route }) => route.method === method);
  if (found) return found;
  if (fitting.length === 0) throw new AppError("not_found", "There is no such call; see /api/v1/openapi.json.");
  const allowed = [...new Set(fitting.map(({ route }) => route.method))].join(", ");
  headers.set("allow", allowed);
  throw new WrongMethod(`This call takes ${allowed}.`);
}

async function call(
  ctx: Context,
  actor: KeyActor,
  correlationId: string,
  { route, params }: Found,
  url: URL,
  request: Request,
): Promise<unknown> {
  requireRight(actor, route.right);
  const input = {
    params: read(route.params, params),
    query: read(route.query, Object.fromEntries(url.searchParams)),
    body: route.body ? read(route.body, await readJson(request)) : undefined,
  };
  return route.output.parse(await route.handle({ ctx, actor, correlationId }, input));
}

/** What was sent, checked; what we answer is checked too, and then a mismatch is our fault. */
function read<T extends z.ZodType>(schema: T, sent: unknown): z.output<T> {
  const parsed = schema.safeParse(sent);
  if (!parsed.success) throw new AppError("invalid", sentenceOfZod(parsed.error));
  return parsed.data;
}

async function readJson(request: Request): Promise<unknown> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > MOST_BYTES) throw new AppError("invalid", "The body is larger than 1 MB.");
  const text = await request.text();
  if (text.length > MOST_BYTES) throw new AppError("invalid", "The body is larger than 1 MB.");
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError("invalid", "The body is no JSON.");
  }
}

/** Of a conflict: how things stand now. */
function presentOf(error: unknown): { present?: unknown } {
  const present = error instanceof AppError && error.code === "conflict" ? error.details?.present : undefined;
  return present === undefined ? {} : { present };
}

function refusalOf(error: unknown): { code: string; status: number; message: string; bug: boolean } {
  if (error instanceof AppError) {
    return { code: error.code, status: HTTP_STATUS[error.code], message: error.message, bug: false };
  }
  if (error instanceof WrongMethod)
    return { code: "method_not_allowed", status: 405, message: error.message, bug: false };
  return { code: "internal", status: 500, message: "", bug: true };
}
