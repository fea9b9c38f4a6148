import { defaultShouldDehydrateQuery, MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import superjson from "superjson";

const REFUSED = new Set(["UNAUTHORIZED", "FORBIDDEN", "NOT_FOUND", "BAD_REQUEST", "UNPROCESSABLE_CONTENT"]);

function codeOf(error: unknown): string {
  const data = (error as { data?: { code?: unknown } | null }).data;
  return typeof data?.code === "string" ? data.code : "";
}

/** A session that has ended sends the tab to the sign-in page, which leads back. */
function leaveWhenEnded(error: unknown): void {
  if (typeof window === "undefined" || codeOf(error) !== "UNAUTHORIZED") return;
  const { pathname, search } = window.location;
  if (pathname === "/sign-in") return;
  window.location.assign(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
}

/** Queries of one browser tab, or of one request on the server; a refusal is not asked again. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: leaveWhenEnded }),
    mutationCache: new MutationCache({ onError: leaveWhenEnded }),
    defaultOptions: {
      queries: { staleTime: 10_000, retry: (count, error) => count < 2 && !REFUSED.has(codeOf(error)) },
      dehydrate: {
        serializeData: superjson.serialize,
        shouldDehydrateQuery: (query) => defaultShouldDehydrateQuery(query) || query.state.status === "pending",
      },
      hydrate: { deserializeData: superjson.deserialize },
    },
  });
}
