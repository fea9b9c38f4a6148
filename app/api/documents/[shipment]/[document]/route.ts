import { z } from "zod";
import { getActor } from "@/server/auth";
import { AppError, HTTP_STATUS } from "@/server/errors";
import { documentHeaders, readDocument } from "@/server/shipments/document";
import { webContext } from "@/server/web-context";

const asked = z.object({ shipment: z.guid(), document: z.guid() });

/** Serves one proof of delivery to who may see its shipment; `?download` saves it instead of showing it. */
export async function GET(request: Request, { params }: { params: Promise<unknown> }): Promise<Response> {
  const actor = await getActor();
  if (!actor) return new Response("Sign in first.\n", { status: 401 });
  const parsed = asked.safeParse(await params);
  if (!parsed.success) return new Response("There is no such document.\n", { status: 404 });
  try {
    const { shipment, document } = parsed.data;
    const found = await readDocument(webContext(), actor, { shipmentId: shipment, documentId: document });
    const saves = new URL(request.url).searchParams.has("download");
    return new Response(new Uint8Array(found.bytes), { headers: documentHeaders(found, saves) });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return new Response(`${error.message}\n`, { status: HTTP_STATUS[error.code] });
  }
}
