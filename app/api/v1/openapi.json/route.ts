import manifest from "@/package.json";
import { openapi } from "@/server/v1/openapi";
import { webContext } from "@/server/web-context";

export function GET(): Response {
  return Response.json(openapi(webContext().config.publicUrl, manifest.version), {
    headers: { "cache-control": "public, max-age=300" },
  });
}
