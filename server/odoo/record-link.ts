import { recordLink } from "../adapters/odoo/links";

/** Address of a record's form in the Odoo of a connection; null where the connection was never reached or is gone. */
export function linkToRecord(
  connection: { url: string | null; version: string | null },
  model: string,
  id: number,
): string | null {
  const series = Number.parseInt((connection.version ?? "").replace(/^\D+/, ""), 10);
  return connection.url === null || Number.isNaN(series) ? null : recordLink(connection.url, series, model, id);
}
