import type { AdapterName, CrosswalkKind } from "@/core/feeds/feed";
import { adapters } from "../adapters/registry";

export type CatalogueEntry = {
  adapter: AdapterName;
  label: string;
  contentTypes: string[];
  version: number;
  /** Words that its packs map, by kind. */
  packs: { kind: CrosswalkKind; words: number }[];
};

/** Adapters that a feed may be made of; those of Odoo come with a connection. */
export function readCatalogue(): CatalogueEntry[] {
  return adapters
    .filter((adapter) => adapter.name !== "odoo")
    .map((adapter) => ({
      adapter: adapter.name,
      label: adapter.label,
      contentTypes: [...adapter.contentTypes],
      version: adapter.version,
      packs: Object.entries(adapter.packs).map(([kind, pack]) => ({
        kind: kind as CrosswalkKind,
        words: Object.keys(pack ?? {}).length,
      })),
    }));
}
