import { z } from "zod";
import type { ApiRoute } from "./route";
import { routes } from "./routes";
import { errorShape } from "./shapes";

type Json = Record<string, unknown>;

const REFUSALS: Readonly<Record<string, string>> = {
  "401": "No key, or a key that is unknown, expired or revoked",
  "403": "The key lacks the scope",
  "404": "Not there",
  "422": "The input is not valid",
  "429": "Too many calls; see Retry-After",
};

/** OpenAPI 3.1 of the API, made from the schemas that check input and output. */
export function openapi(publicUrl: string, version: string): Json {
  const components: Json = {};
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replace("+}", "}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, components) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Waypost",
      version,
      description: "Lists are { items, nextCursor }: give nextCursor back as cursor for the next page.",
    },
    servers: [{ url: `${publicUrl}/api/v1` }],
    security: [{ apiKey: [] }],
    paths,
    components: {
      securitySchemes: { apiKey: { type: "http", scheme: "bearer", description: "An API key: wpk_..." } },
      schemas: components,
    },
  };
}

function operation(route: ApiRoute, components: Json): Json {
  const error = { content: { "application/json": { schema: schemaOf(errorShape, "output", components) } } };
  const refusals = Object.entries(REFUSALS).map(([status, description]) => [status, { description, ...error }]);
  return {
    summary: route.summary,
    operationId: operationId(route),
    tags: [route.path.split("/")[1]],
    description: `Scope: \`${route.right}\``,
    parameters: [...parameters(route.params, "path", components), ...parameters(route.query, "query", components)],
    ...(route.body
      ? {
          requestBody: {
            required: true,
            content: { "application/json": { schema: schemaOf(route.body, "input", components) } },
          },
        }
      : {}),
    responses: {
      [route.status]: {
        description: route.summary,
        content: { "application/json": { schema: schemaOf(route.output, "output", components) } },
      },
      ...Object.fromEntries(refusals),
    },
  };
}

/** `GET /runs/{id}/items` is `getRunsIdItems`. */
function operationId(route: ApiRoute): string {
  const parts = route.path.split(/[^A-Za-z]+/).filter(Boolean);
  return route.method.toLowerCase() + parts.map((part) => `${part[0]?.toUpperCase()}${part.slice(1)}`).join("");
}

function parameters(object: z.ZodObject, where: "path" | "query", components: Json): Json[] {
  const schema = schemaOf(object, "input", components) as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(schema.properties ?? {}).map(([name, { description, ...rest }]) => ({
    name,
    in: where,
    required: where === "path" || (schema.required ?? []).includes(name),
    ...(description ? { description } : {}),
    schema: rest,
  }));
}

/** A schema as JSON Schema 2020-12; named ones move to the components and are referred to. */
function schemaOf(schema: z.ZodType, io: "input" | "output", components: Json): Json {
  const { $schema: _, $defs, ...own } = z.toJSONSchema(schema, { io, unrepresentable: "any" }) as Json;
  const moved = JSON.parse(
    JSON.stringify({ own, $defs: $defs ?? {} }).replaceAll('"#/$defs/', '"#/components/schemas/'),
  ) as {
    own: Json;
    $defs: Json;
  };
  for (const [name, definition] of Object.entries(moved.$defs)) {
    const { id: __, ...rest } = definition as Json;
    components[name] = rest;
  }
  const name = typeof own.id === "string" ? own.id : null;
  if (name === null) return moved.own;
  const { id: ___, ...rest } = moved.own;
  components[name] = rest;
  return { $ref: `#/components/schemas/${name}` };
}
