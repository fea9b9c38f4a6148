import { z } from "zod";
import { EVENT_VERSION } from "@/core/dictionary/event-types";
import type { EventKind } from "@/core/shipments/milestones";
import { eventShape } from "./shapes";

export type JsonSchema = Record<string, unknown>;

/** JSON Schema of an event of one type, made from the very shape by which the API tells it. */
export function eventSchema(kind: EventKind): JsonSchema {
  const shape = z.object({ ...eventShape.shape, kind: z.literal(kind) });
  const schema = z.toJSONSchema(shape, { target: "draft-2020-12", io: "output" });
  return { ...schema, title: kind, $comment: `version ${EVENT_VERSION}` };
}
