import { type NextRequest, NextResponse } from "next/server";
import { getToken } from "next-auth/jwt";

/**
 * Sends people without a session to the sign-in page and adds the headers that keep pages out of foreign frames. A first look only:
 * whether the session still holds is asked of the database by every page and procedure. Doors under /api are not matched, since a
 * matched route gets its body cut at 10 MB.
 */
export default async function proxy(request: NextRequest) {
  const { pathname, search } = request.nextUrl;
  const open = pathname === "/sign-in" || pathname.startsWith("/welcome/");
  if (!open && !(await getToken({ req: request }))) {
    const to = new URL("/sign-in", request.url);
    if (pathname !== "/") to.searchParams.set("next", pathname + search);
    return NextResponse.redirect(to);
  }
  const response = NextResponse.next();
  response.headers.set(
    "content-security-policy",
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'",
  );
  response.headers.set("x-content-type-options", "nosniff");
  response.headers.set("referrer-policy", "same-origin");
  return response;
}

export const config = { matcher: ["/((?!api/|metrics|_next/|track/|.*\\.(?:svg|png|ico|woff2|txt)$).*)"] };
