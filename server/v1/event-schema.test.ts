import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { EVENT_VERSION } from "@/core/dictionary/event-types";
import type { Json } from "@/core/shipments/attributes";
import { canonicalJson } from "@/core/shipments/identity";
import { EVENT_KINDS } from "@/core/shipments/milestones";
import { eventSchema } from "./event-schema";

/** What each version of an event was made of. A change of the shape adds a line and raises EVENT_VERSION. */
const DIGESTS: Readonly<Record<number, string>> = { 1: "a42da1ba1bcd5132" };

test("the version of events is raised with their schema", () => {
  const { title, $comment, ...schema } = eventSchema("delivered");
  const digest = createHash("sha256")
    .update(canonicalJson(schema as Json))
    .digest("hex")
    .slice(0, 16);
  expect(digest, "the shape of events changed: raise EVENT_VERSION and add the digest here").toBe(
    DIGESTS[EVENT_VERSION],
  );
});

test("every type has a schema that stands alone and names its kind", () => {
  for (const kind of EVENT_KINDS) {
    const schema = eventSchema(kind) as { properties: Record<string, { const?: string; description?: string }> };
    expect(schema.properties.kind).toMatchObject({ const: kind });
    expect(JSON.stringify(schema)).not.toContain("$ref");
  }
});
