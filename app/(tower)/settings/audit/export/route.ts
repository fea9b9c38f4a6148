import { auditFilterFrom } from "@/core/access/audit-address";
import { exportAudit } from "@/server/access/export-audit";
import { csvResponse } from "@/server/api/csv-response";
import { getActor } from "@/server/auth";
import { AppError, HTTP_STATUS } from "@/server/errors";
import { webContext } from "@/server/web-context";

export async function GET(request: Request): Promise<Response> {
  const actor = await getActor();
  if (!actor) return new Response("Sign in first.\n", { status: 401 });
  const filter = auditFilterFrom(new URL(request.url).searchParams);
  if (!filter) return new Response("The filter is not valid.\n", { status: 422 });
  try {
    return csvResponse("waypost-audit.csv", await exportAudit(webContext(), actor, filter));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return new Response(`${error.message}\n`, { status: HTTP_STATUS[error.code] });
  }
}
