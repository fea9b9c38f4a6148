import { takeHint } from "@/server/odoo/web-hints";

/** Odoo's own webhook may ask for a look at once. The body is not read: it is a hint and no source. */
export async function POST(
  request: Request,
  { params }: { params: Promise<{ connection: string }> },
): Promise<Response> {
  const { connection } = await params;
  const id = /^[1-9]\d{0,8}$/.test(connection) ? Number(connection) : 0;
  const { status, retryAfterSeconds } = await takeHint(id, new URL(request.url).searchParams.get("secret") ?? "");
  const said = status === 202 ? { ok: true } : { error: { message: SAID[status] } };
  const headers: Record<string, string> = { "cache-control": "no-store" };
  if (retryAfterSeconds) headers["retry-after"] = String(retryAfterSeconds);
  return Response.json(said, { status, headers });
}

const SAID = {
  404: "There is no such connection, or the secret is not its own.",
  429: "Too many hints; one is enough.",
};
