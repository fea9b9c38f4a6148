import { bodyOfStream } from "@/server/messages/body";
import { type DoorDeps, handleDelivery, openDoor } from "@/server/messages/door";
import { webContext } from "@/server/web-context";

/** Counters of this mount are rows of a slot of their own. */
const WEB_SLOT = 1900;
const KEY = Symbol.for("waypost.web.door");
type Held = { [KEY]?: DoorDeps };

/** The door for `next dev` without the front before it. In production the front answers these paths and this is never reached. */
async function deliver(request: Request, { params }: { params: Promise<{ feed: string }> }): Promise<Response> {
  const held = globalThis as Held;
  held[KEY] ??= openDoor(webContext(), { slot: WEB_SLOT });
  const door = held[KEY];
  if (!door.registry.loaded()) await door.registry.refresh().catch(() => {});
  const answer = await handleDelivery(door, {
    slug: (await params).feed,
    method: request.method,
    headers: Object.fromEntries(request.headers),
    body: bodyOfStream(request.body),
  });
  return Response.json(answer.json, { status: answer.status, headers: answer.headers });
}

export { deliver as DELETE, deliver as GET, deliver as PATCH, deliver as POST, deliver as PUT };
