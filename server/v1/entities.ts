import { openapi } from "./openapi";

export type EntityField = { name: string; type: string; required: boolean; note: string };
export type Entity = { name: string; fields: EntityField[] };

type Schema = {
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  enum?: unknown[];
  format?: string;
  description?: string;
  $ref?: string;
};

/** The entities of the API with their fields, read out of the OpenAPI document that is served. */
export function entities(): Entity[] {
  const { components } = openapi("", "1") as { components: { schemas: Record<string, Schema> } };
  return Object.entries(components.schemas)
    .filter(([name]) => name !== "Error")
    .map(([name, schema]) => ({
      name,
      fields: Object.entries(schema.properties ?? {}).map(([field, of]) => ({
        name: field,
        type: typeOf(of),
        required: (schema.required ?? []).includes(field),
        note: of.description ?? "",
      })),
    }));
}

function typeOf(schema: Schema): string {
  if (schema.$ref) return schema.$ref.split("/").at(-1) ?? "";
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(" or ");
  if (schema.enum)
    return schema.enum.length > 6 ? `one of ${schema.enum.length} words` : schema.enum.map(String).join(", ");
  if (schema.type === "array") return `list of ${schema.items ? typeOf(schema.items) : "any"}`;
  if (schema.format === "date-time") return "instant";
  return [schema.format ?? schema.type ?? "any"].flat().join(" or ");
}
