import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { createApiContext } from "@/server/api/context";
import { appRouter } from "@/server/api/root";
import { fromOwnPages } from "@/server/api/same-origin";
import { webContext } from "@/server/web-context";

const MOST_BYTES = 1_048_576;

function handler(request: Request): Promise<Response> | Response {
  if (request.method === "POST" && !fromOwnPages(request.headers, webContext().config.publicUrl)) {
    return Response.json(
      { error: { message: "This request does not come from Waypost's own pages." } },
      { status: 403 },
    );
  }
  if (Number(request.headers.get("content-length") ?? 0) > MOST_BYTES) {
    return Response.json({ error: { message: "This request is larger than 1 MB." } }, { status: 413 });
  }
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: appRouter,
    createContext: createApiContext,
    maxBatchSize: 20,
  });
}

export { handler as GET, handler as POST };
