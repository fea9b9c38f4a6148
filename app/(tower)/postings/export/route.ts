import { postingFilter } from "@/core/postings/filter";
import { csvResponse } from "@/server/api/csv-response";
import { getActor } from "@/server/auth";
import { AppError, HTTP_STATUS } from "@/server/errors";
import { exportPostings } from "@/server/postings/export";
import { webContext } from "@/server/web-context";

export async function GET(request: Request): Promise<Response> {
  const actor = await getActor();
  if (!actor) return new Response("Sign in first.\n", { status: 401 });
  const filter = postingFilter.safeParse(json(new URL(request.url).searchParams.get("filter")));
  if (!filter.success) return new Response("The filter is not valid.\n", { status: 422 });
  try {
    return csvResponse("waypost-postings.csv", await exportPostings(webContext(), actor, filter.data));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return new Response(`${error.message}\n`, { status: HTTP_STATUS[error.code] });
  }
}

function json(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "{}");
  } catch {
    return null;
  }
}
