import { type AuthOptions, getServerSession } from "next-auth";
import type { JWT } from "next-auth/jwt";
import Credentials from "next-auth/providers/credentials";
import { cache } from "react";
import { SESSION_SECONDS, sessionHolds } from "@/core/access/lockout";
import type { PersonActor } from "./access/actor";
import { clientAddress } from "./access/client-address";
import { livePerson } from "./access/live-person";
import { actorOf, signIn } from "./access/sign-in";
import { AppError } from "./errors";
import { webContext } from "./web-context";

declare module "next-auth" {
  interface Session {
    actor: PersonActor;
    token: { personId: string; version: number; signedInAtMs: number };
  }
  interface User {
    version: number;
  }
}
declare module "next-auth/jwt" {
  interface JWT {
    personId: string;
    version: number;
    signedInAtMs: number;
  }
}

class SessionEnded extends Error {}

export const authOptions: AuthOptions = {
  session: { strategy: "jwt", maxAge: SESSION_SECONDS },
  pages: { signIn: "/sign-in", signOut: "/sign-in", error: "/sign-in" },
  providers: [
    Credentials({
      credentials: { email: {}, password: {} },
      async authorize(credentials, request) {
        const ctx = webContext();
        const forwarded = request.headers?.["x-forwarded-for"];
        const address = clientAddress(typeof forwarded === "string" ? forwarded : null, ctx.config.trustProxy);
        try {
          const person = await signIn(ctx, credentials, address);
          return { id: person.id, version: person.sessionVersion };
        } catch (error) {
          // next-auth shows the message in the address bar: only our own sentences may get there
          if (error instanceof AppError) throw new Error(error.message);
          ctx.log.error({ err: error }, "sign-in failed");
          throw new Error("Sign-in does not work at the moment. Try again in a minute.");
        }
      },
    }),
  ],
  callbacks: {
    async jwt({ token, user }) {
      const ctx = webContext();
      if (user) return { personId: user.id, version: user.version, signedInAtMs: ctx.now().getTime() };
      const person = await livePerson(ctx, token.personId);
      if (!sessionHolds(token, person, ctx.now().getTime())) throw new SessionEnded();
      return token;
    },
    async session({ session, token }) {
      const person = await livePerson(webContext(), token.personId);
      if (!person) throw new SessionEnded();
      return { expires: session.expires, actor: actorOf(person), token: pick(token) };
    },
  },
  logger: {
    error(code, metadata) {
      const cause = metadata instanceof Error ? metadata : metadata.error;
      if (!(cause instanceof SessionEnded)) webContext().log.warn({ code, reason: cause?.name }, "session refused");
    },
    warn() {},
    debug() {},
  },
};

function pick({ personId, version, signedInAtMs }: JWT) {
  return { personId, version, signedInAtMs };
}

/** The session of this request with the means to ask again later whether it still holds; for streams that stay open. */
export async function getLastingSession(): Promise<{ actor: PersonActor; holds: () => Promise<boolean> } | null> {
  const session = await getServerSession(authOptions);
  if (!session?.actor) return null;
  const ctx = webContext();
  const { actor, token } = session;
  const holds = async () => sessionHolds(token, await livePerson(ctx, actor.id), ctx.now().getTime());
  return { actor, holds };
}

/** Who is signed in, checked against the database at most a second ago; null for nobody. Once per request. */
export const getActor = cache(async (): Promise<PersonActor | null> => {
  const session = await getServerSession(authOptions);
  return session?.actor ?? null;
});
