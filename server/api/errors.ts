import { TRPCError } from "@trpc/server";
import { z } from "zod";
import { AppError, type AppErrorCode, sentenceOfBug, sentenceOfZod } from "../errors";

const TRPC_CODE: Readonly<Record<AppErrorCode, TRPCError["code"]>> = {
  not_found: "NOT_FOUND",
  forbidden: "FORBIDDEN",
  conflict: "CONFLICT",
  invalid: "UNPROCESSABLE_CONTENT",
  precondition: "PRECONDITION_FAILED",
  limit: "TOO_MANY_REQUESTS",
  upstream: "BAD_GATEWAY",
  unauthenticated: "UNAUTHORIZED",
};

/** What may be shown of an error: the sentence and the code of a refusal, of a bug only the correlation id. */
export function toTrpcError(error: TRPCError, correlationId: string): { shown: TRPCError; bug: boolean } {
  const cause = error.cause;
  if (cause instanceof AppError) {
    return { shown: new TRPCError({ code: TRPC_CODE[cause.code], message: cause.message, cause }), bug: false };
  }
  if (error.code === "BAD_REQUEST" && cause instanceof z.core.$ZodError) {
    return { shown: new TRPCError({ code: "BAD_REQUEST", message: sentenceOfZod(cause) }), bug: false };
  }
  if (error.code !== "INTERNAL_SERVER_ERROR") {
    return { shown: new TRPCError({ code: error.code, message: error.message }), bug: false };
  }
  return { shown: new TRPCError({ code: error.code, message: sentenceOfBug(correlationId) }), bug: true };
}
