import type { Actor } from "@/server/access/actor";
import { getActor } from "@/server/auth";
import type { Context } from "@/server/context";
import { AppError, HTTP_STATUS } from "@/server/errors";
import { webContext } from "@/server/web-context";
import { csvResponse } from "./csv-response";

type Parsed<F> = { success: true; data: F } | { success: false };

/** Answers a request for a list as CSV: 401 without a session, 422 for a filter that is none, else what the verb gives or refuses. */
export async function csvExport<F>(
  name: string,
  filter: Parsed<F>,
  verb: (ctx: Context, actor: Actor, filter: F) => Promise<AsyncGenerator<string>>,
): Promise<Response> {
  const actor = await getActor();
  if (!actor) return new Response("Sign in first.\n", { status: 401 });
  if (!filter.success) return new Response("The filter is not valid.\n", { status: 422 });
  try {
    return csvResponse(name, await verb(webContext(), actor, filter.data));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return new Response(`${error.message}\n`, { status: HTTP_STATUS[error.code] });
  }
}

/** Reads the filter a screen wrote as JSON into `?filter=`; none is an empty one, and what is no JSON is null. */
export function filterOf(request: Request): unknown {
  try {
    return JSON.parse(new URL(request.url).searchParams.get("filter") ?? "{}");
  } catch {
    return null;
  }
}
