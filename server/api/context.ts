import { headers } from "next/headers";
import { clientAddress } from "../access/client-address";
import { getActor } from "../auth";
import { webContext } from "../web-context";
import type { ApiContext } from "./trpc";

const ID = /^[A-Za-z0-9._:-]{1,100}$/;

/** Takes the sender's correlation id over where it is a sane one, else makes one. */
export function correlationIdOf(sent: string | null, make: () => string): string {
  return sent && ID.test(sent) ? sent : make();
}

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
