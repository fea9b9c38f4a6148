import type { z } from "zod";

export const APP_ERROR_CODES = [
  "not_found",
  "forbidden",
  "conflict",
  "invalid",
  "precondition",
  "limit",
  "upstream",
  "unauthenticated",
] as const;
export type AppErrorCode = (typeof APP_ERROR_CODES)[number];

/** A refused operator: the message is one sentence for a person, safe to show. `details` may name fields. */
export class AppError extends Error {
  readonly code: AppErrorCode;
  readonly details: Record<string, unknown> | undefined;
  constructor(code: AppErrorCode, message: string, details?: Record<string, unknown>) {
    super(message);
    this.name = "AppError";
    this.code = code;
    this.details = details;
  }
}

/** HTTP status of each refusal, for the doors and /api/v1. */
export const HTTP_STATUS: Readonly<Record<AppErrorCode, number>> = {
  not_found: 404,
  forbidden: 403,
  conflict: 409,
  invalid: 422,
  precondition: 412,
  limit: 429,
  upstream: 502,
  unauthenticated: 401,
};

/** Says that a closed union was not handled. */
export function assertNever(value: never): never {
  throw new Error(`not handled: ${JSON.stringify(value)}`);
}

/** One sentence that names the first wrong field of an input and counts the rest. */
export function sentenceOfZod(error: z.core.$ZodError): string {
  const first = error.issues[0];
  if (!first) return "The input is not valid.";
  const where = first.path.length > 0 ? `${first.path.join(".")}: ` : "";
  const more = error.issues.length > 1 ? ` (and ${error.issues.length - 1} more)` : "";
  return `${where}${first.message}${more}`;
}

/** What a person reads when the fault is ours. */
export function sentenceOfBug(correlationId: string): string {
  return `This failed on our side. Whoever runs Waypost finds the cause under ${correlationId}.`;
}
