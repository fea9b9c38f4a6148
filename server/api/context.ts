import { headers } from "next/headers";
import { clientAddress } from "../access/client-address";
import { getActor } from "../auth";
import { correlationIdOf } from "../correlation";
import { webContext } from "../web-context";
import type { ApiContext } from "./trpc";

/** The context of one request, for tRPC over HTTP and for direct calls of server components alike. */
export async function createApiContext(): Promise<ApiContext> {
  const ctx = webContext();
  const [actor, sent] = await Promise.all([getActor(), headers()]);
  return {
    actor,
    ctx,
    correlationId: correlationIdOf(sent.get("x-correlation-id"), ctx.uuid),
    address: clientAddress(sent.get("x-forwarded-for"), ctx.config.trustProxy),
  };
}
