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
