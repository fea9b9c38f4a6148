import { expect, test } from "vitest";
import { openapi } from "./openapi";
import { routes } from "./routes";

type Json = Record<string, unknown>;
const document = openapi("https://waypost.example.com", "0.1.0") as {
  openapi: string;
  paths: Record<
    string,
    Record<
      string,
      { operationId: string; parameters: { name: string; in: string; required: boolean }[]; responses: Json }
    >
  >;
  components: { schemas: Record<string, Json>; securitySchemes: Json };
};

test("every call is described once, with all its path parameters and its answers", () => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  expect(operations).toHaveLength(routes.length);
  expect(new Set(operations.map((o) => o.operation.operationId)).size).toBe(routes.length);
  for (const { path, operation } of operations) {
    const named = [...path.matchAll(/\{([a-zA-Z]+)\}/g)].map((m) => m[1]);
    const inPath = operation.parameters.filter((p) => p.in === "path");
    expect(inPath.map((p) => p.name).sort()).toEqual(named.toSorted());
    expect(inPath.every((p) => p.required)).toBe(true);
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(["401", "403", "404", "422", "429"]));
  }
});

test("every reference inside the document leads somewhere, and nothing is left undescribed", () => {
  const text = JSON.stringify(document);
  const refs = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map((m) => m[1] ?? ""));
  expect(refs.size).toBeGreaterThan(5);
  for (const ref of refs) {
    expect(ref).toMatch(/^#\/components\/schemas\/[A-Za-z_0-9]+$/);
    expect(document.components.schemas).toHaveProperty([ref.slice("#/components/schemas/".length)]);
  }
  expect(text).not.toContain("$defs");
  expect(document.openapi).toBe("3.1.0");
});

test("no list parameter is required, and limits are numbers with bounds", () => {
  const list = document.paths["/shipments"]?.get;
  const limit = list?.parameters.find((p) => p.name === "limit") as Json | undefined;
  expect(limit).toMatchObject({ required: false, schema: { type: "integer", minimum: 1, maximum: 200 } });
  expect(list?.parameters.every((p) => !p.required)).toBe(true);
});
