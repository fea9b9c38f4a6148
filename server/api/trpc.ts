import { initTRPC } from "@trpc/server";
import superjson from "superjson";
import type { Right } from "@/core/access/rights";
import { type PersonActor, requireRight } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { toTrpcError } from "./errors";

/** Who asks and what a verb is given; made per request by server/api/context.ts. */
export type ApiContext = { actor: PersonActor | null; ctx: Context; correlationId: string; address: string };

/** What a procedure demands; read by the test of the rights table. */
export type Access = "public" | "signed_in" | Right;

const t = initTRPC
  .context<ApiContext>()
  .meta<{ access: Access }>()
  .create({
    transformer: superjson,
    defaultMeta: { access: "public" },
    isDev: false,
    errorFormatter: ({ shape, error, ctx }) => ({
      code: shape.code,
      message: error.message,
      data: {
        code: shape.data.code,
        httpStatus: shape.data.httpStatus,
        path: shape.data.path,
        correlationId: ctx?.correlationId ?? null,
        details: error.cause instanceof AppError ? (error.cause.details ?? null) : null,
      },
    }),
  });

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** Whatever goes wrong below becomes one sentence; the cause of a bug goes to the log only. */
const guarded = t.procedure.use(async ({ ctx, path, next }) => {
  const result = await next();
  if (result.ok) return result;
  const { shown, bug } = toTrpcError(result.error, ctx.correlationId);
  if (bug) ctx.ctx.log.error({ path, correlationId: ctx.correlationId, err: result.error.cause }, "procedure failed");
  throw shown;
});

/** For anybody, signed in or not: sign-in, invitation, nothing else. */
export const publicProcedure = guarded;

/** For every person who is signed in, whatever the role. */
export const signedIn = guarded.meta({ access: "signed_in" }).use(({ ctx, next }) => {
  if (!ctx.actor) throw new AppError("unauthenticated", "Your session has ended. Sign in again.");
  return next({ ctx: { actor: ctx.actor } });
});

/** For people whose role has the right. */
export const allowed = (right: Right) =>
  signedIn.meta({ access: right }).use(({ ctx, next }) => {
    requireRight(ctx.actor, right);
    return next();
  });
