import { RIGHTS, type Right } from "./rights";

const NOUNS: Readonly<Record<string, string>> = {
  tower: "Tower",
  shipments: "Shipments",
  lookup: "Lookup desk",
  customers: "Names, addresses and order values",
  messages: "Messages",
  exceptions: "Exceptions",
  postings: "Postings",
  reconciliation: "Reconciliation",
  freight: "Freight bills",
  runs: "Runs",
  feeds: "Feeds",
  crosswalks: "Mappings",
  odoo: "Odoo",
  degraded: "Degraded rules",
  service_levels: "Service levels",
  carriers: "Figures of carriers, with cost",
  people: "People",
  api_keys: "API keys",
  settings: "Settings",
  audit: "Audit log",
};

/** Rights by noun, in the order of the table, for lists of check boxes. */
export function rightsByNoun(): { noun: string; label: string; rights: Right[] }[] {
  const groups = new Map<string, Right[]>();
  for (const right of RIGHTS) {
    const noun = right.slice(0, right.indexOf(":"));
    groups.set(noun, [...(groups.get(noun) ?? []), right]);
  }
  return [...groups].map(([noun, rights]) => ({ noun, label: NOUNS[noun] ?? noun, rights }));
}
