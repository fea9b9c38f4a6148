import { TRPCError } from "@trpc/server";
import { z } from "zod";
import { AppError, type AppErrorCode, sentenceOfZod } from "../errors";

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

/** Turns whatever a verb or query threw into what may be shown; anything but a refusal is named by its correlation id only. */
export function refusalOf(error: unknown, correlationId: string): { refusal: AppError; bug: boolean } {
  if (error instanceof AppError) return { refusal: error, bug: false };
  if (error instanceof z.core.$ZodError) return { refusal: new AppError("invalid", sentenceOfZod(error)), bug: false };
  return { refusal: new AppError("upstream", sentenceOfBug(correlationId)), bug: true };
}

/** What a person reads when the fault is ours. */
export function sentenceOfBug(correlationId: string): string {
  return `This failed on our side. Whoever runs Waypost finds the cause under ${correlationId}.`;
}

/** The same refusal for tRPC: the sentence, the code, nothing else. */
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
