import { getActor } from "@/server/auth";
import { AppError, HTTP_STATUS } from "@/server/errors";
import { exportProof, subjectOf } from "@/server/proof/export";
import { webContext } from "@/server/web-context";

export async function GET(request: Request): Promise<Response> {
  const actor = await getActor();
  if (!actor) return new Response("Sign in first.\n", { status: 401 });
  const subject = subjectOf(new URL(request.url).searchParams);
  if (!subject.success)
    return new Response("Name a posting, or a shipment with a milestone or a field.\n", { status: 422 });
  try {
    const proof = await exportProof(webContext(), actor, subject.data);
    return Response.json(proof, {
      headers: { "content-disposition": 'attachment; filename="waypost-proof.json"', "cache-control": "no-store" },
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return new Response(`${error.message}\n`, { status: HTTP_STATUS[error.code] });
  }
}
