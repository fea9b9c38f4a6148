import { bills } from "./bills/adapter";
import { csv } from "./csv/adapter";
import { document } from "./document/adapter";
import { easypost } from "./easypost/adapter";
import { edifact } from "./edifact/adapter";
import type { FeedAdapter, RawMessage } from "./feed";
import { odoo } from "./odoo/adapter";
import { x12 } from "./x12/adapter";

export const adapters: readonly FeedAdapter[] = [easypost, x12, edifact, csv, bills, document, odoo];

/** The adapter of that name; null for a name that none has. */
export function adapterNamed(name: string): FeedAdapter | null {
  return adapters.find((adapter) => adapter.name === name) ?? null;
}

/** Below this an adapter is not sure enough to be taken. */
const SURE_ENOUGH = 0.5;

/** Asks every adapter how sure it is of these bytes; null when none is sure enough. */
export function recogniseAdapter(message: RawMessage): { adapter: FeedAdapter; confidence: number } | null {
  const answers = adapters.map((adapter) => ({ adapter, confidence: adapter.recognise(message) }));
  const best = answers.sort((a, b) => b.confidence - a.confidence)[0];
  return best && best.confidence >= SURE_ENOUGH ? best : null;
}

/** Answers crosswalk questions from the adapter's own packs, as a new feed of it would. */
export function lookupInPacks(adapter: FeedAdapter) {
  return (kind: keyof FeedAdapter["packs"], word: string): string | undefined => {
    const pack = adapter.packs[kind];
    return pack !== undefined && Object.hasOwn(pack, word) ? pack[word] : undefined;
  };
}
