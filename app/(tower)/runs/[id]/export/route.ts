import { runItemFilter } from "@/core/runs/run";
import { csvResponse } from "@/server/api/csv-response";
import { getActor } from "@/server/auth";
import { AppError, HTTP_STATUS } from "@/server/errors";
import { exportRun } from "@/server/runs/export";
import { webContext } from "@/server/web-context";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const actor = await getActor();
  if (!actor) return new Response("Sign in first.\n", { status: 401 });
  const { id } = await params;
  const filter = runItemFilter.safeParse({ result: new URL(request.url).searchParams.getAll("result") });
  if (!filter.success || !UUID.test(id)) return new Response("The filter is not valid.\n", { status: 422 });
  try {
    return csvResponse("waypost-run.csv", await exportRun(webContext(), actor, id, filter.data));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return new Response(`${error.message}\n`, { status: HTTP_STATUS[error.code] });
  }
}
