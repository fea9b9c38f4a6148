import { getLastingSession } from "@/server/auth";
import { AppError, HTTP_STATUS } from "@/server/errors";
import { liveStream, topicsFor } from "@/server/live/stream";
import { webContext } from "@/server/web-context";

export const dynamic = "force-dynamic";

export async function GET(request: Request): Promise<Response> {
  const session = await getLastingSession();
  if (!session) return Response.json({ error: { message: "Sign in first." } }, { status: 401 });
  const topics = topicsFor(session.actor, new URL(request.url).searchParams.get("topics"));
  try {
    const { signal } = request;
    const stream = await liveStream(webContext(), session.actor, { topics, signal, holds: session.holds });
    return new Response(stream, {
      headers: {
        "content-type": "text/event-stream",
        "cache-control": "no-cache, no-transform",
        "x-accel-buffering": "no",
      },
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return Response.json({ error: { message: error.message } }, { status: HTTP_STATUS[error.code] });
  }
}
