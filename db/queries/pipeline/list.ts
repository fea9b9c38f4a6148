/**
 * Writes values as the text of a PostgreSQL array, for a parameter that the statement casts (`::text[]`). The driver does it element by
 * element and parses every date again; JSON of strings, numbers and nulls is such a text but for its escapes, so that most lists take one
 * native pass.
 */
export function list(values: readonly (string | number | null)[]): string {
  const json = JSON.stringify(values);
  if (!json.includes("\\")) return `{${json.slice(1, -1)}}`;
  let text = "";
  for (const value of values) text += text === "" ? element(value) : `,${element(value)}`;
  return `{${text}}`;
}

function element(value: string | number | null): string {
  if (value === null) return "null";
  return typeof value === "number" ? String(value) : `"${value.replace(/["\\]/g, "\\$&")}"`;
}
