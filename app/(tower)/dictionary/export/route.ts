import { getActor } from "@/server/auth";
import { exportEventTypes } from "@/server/dictionary/events";
import { AppError, HTTP_STATUS } from "@/server/errors";
import { webContext } from "@/server/web-context";

export async function GET(): Promise<Response> {
  const actor = await getActor();
  if (!actor) return new Response("Sign in first.\n", { status: 401 });
  try {
    return Response.json(
      { items: await exportEventTypes(webContext(), actor) },
      { headers: { "content-disposition": 'attachment; filename="waypost-events.json"', "cache-control": "no-store" } },
    );
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return new Response(`${error.message}\n`, { status: HTTP_STATUS[error.code] });
  }
}
