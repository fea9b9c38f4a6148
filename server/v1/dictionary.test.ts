import { expect, test } from "vitest";
import { dictionary } from "@/core/dictionary/dictionary";
import { DEFAULT_OWNERSHIP } from "@/core/shipments/ownership";
import { entities } from "./entities";
import { openapi } from "./openapi";

const chapters = dictionary(DEFAULT_OWNERSHIP);
const words = (id: string) => chapters.find((chapter) => chapter.id === id)?.words.map((word) => word.name);

type Schema = { properties?: Record<string, Schema>; enum?: string[]; anyOf?: Schema[]; items?: Schema };

function enumOf(entity: string, field: string): string[] | undefined {
  const { components } = openapi("", "1") as { components: { schemas: Record<string, Schema> } };
  const schema = components.schemas[entity]?.properties?.[field];
  return schema?.enum ?? schema?.anyOf?.find((one) => one.enum)?.enum;
}

test.each([
  ["Exception", "kind", "exception-kinds"],
  ["Exception", "state", "exception-states"],
  ["Posting", "kind", "posting-kinds"],
  ["Posting", "state", "posting-states"],
  ["Run", "kind", "run-kinds"],
  ["Run", "state", "run-states"],
  ["RunItem", "result", "run-results"],
])("where the API says which words %s.%s may be, the dictionary has the same", (entity, field, id) => {
  const said = enumOf(entity, field);
  // an open string in the schema promises no list
  if (said) expect(words(id)).toEqual(said);
});

test("at least four of the lists are told by the API, so that the comparison compares", () => {
  const told = [
    enumOf("Exception", "kind"),
    enumOf("Exception", "state"),
    enumOf("Posting", "kind"),
    enumOf("Posting", "state"),
    enumOf("Run", "kind"),
    enumOf("Run", "state"),
    enumOf("RunItem", "result"),
  ];
  expect(told.filter(Boolean).length).toBeGreaterThanOrEqual(4);
});

test("every word stands once in its chapter and has a cell for each column", () => {
  for (const { id, columns, words: all } of chapters) {
    expect(new Set(all.map((word) => word.name)).size, id).toBe(all.length);
    for (const word of all) expect(word.cells.length, `${id} ${word.name}`).toBe(columns.length);
  }
});

test("entities are those of the OpenAPI document, each with its fields", () => {
  const found = entities();
  expect(found.map((entity) => entity.name)).toEqual(
    expect.arrayContaining(["Shipment", "Exception", "Posting", "Run"]),
  );
  expect(found.find((entity) => entity.name === "Shipment")?.fields).toEqual(
    expect.arrayContaining([expect.objectContaining({ name: "milestone", required: true })]),
  );
});
