import { z } from "zod";
import type { Right } from "@/core/access/rights";
import type { KeyActor } from "../access/actor";
import type { Context } from "../context";

export type Method = "GET" | "POST" | "PUT";

/** One call of the API: where it is, which scope it needs, what goes in and out. Dispatch and OpenAPI read the same table. */
export type ApiRoute<
  P extends z.ZodObject = z.ZodObject,
  Q extends z.ZodObject = z.ZodObject,
  B extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
> = {
  method: Method;
  /** Below /api/v1; `{name}` is one segment, `{name+}` the rest of the path. */
  path: string;
  right: Right;
  summary: string;
  params: P;
  query: Q;
  body: B | null;
  output: O;
  status: 200 | 202;
  handle: (
    call: { ctx: Context; actor: KeyActor; correlationId: string },
    input: { params: z.output<P>; query: z.output<Q>; body: z.output<B> },
  ) => Promise<z.input<O>>;
};

const NOTHING = z.object({});

/** Writes a route down with its parts inferred; params, query and body default to none. */
export function route<
  O extends z.ZodType,
  P extends z.ZodObject = typeof NOTHING,
  Q extends z.ZodObject = typeof NOTHING,
  B extends z.ZodType = z.ZodUndefined,
>(
  given: Pick<ApiRoute<P, Q, B, O>, "method" | "path" | "right" | "summary" | "output" | "handle"> & {
    params?: P;
    query?: Q;
    body?: B;
    status?: 200 | 202;
  },
): ApiRoute {
  return {
    ...given,
    params: given.params ?? NOTHING,
    query: given.query ?? NOTHING,
    body: given.body ?? null,
    status: given.status ?? 200,
  } as unknown as ApiRoute;
}

/** A filter that takes one word or several joined by commas. */
export function words<T extends readonly [string, ...string[]]>(of: T) {
  return z
    .string()
    .max(2000)
    .transform((text) => [...new Set(text.split(",").filter(Boolean))])
    .pipe(z.array(z.enum(of)))
    .default([])
    .meta({ description: `One or several, joined by commas: ${of.join(", ")}` });
}

export const limitSchema = z.coerce.number().int().min(1).max(200).default(50).meta({ description: "Items of a page" });
