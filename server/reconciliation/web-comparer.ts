import { webOdooClients } from "../odoo/web-clients";
import { type Comparer, makeComparer } from "./compare-chunk";

const KEY = Symbol.for("waypost.web.comparer");
type Held = { [KEY]?: Comparer };

/** What this web process compares with, for what a person asks on the spot. */
export function webComparer(): Comparer {
  const held = globalThis as Held;
  held[KEY] ??= makeComparer({ slot: 0, environment: undefined }, webOdooClients());
  return held[KEY];
}
