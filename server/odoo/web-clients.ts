import { OdooClients } from "./clients";

const KEY = Symbol.for("waypost.web.odoo-clients");
type Held = { [KEY]?: OdooClients };

/** The Odoo clients of this web process, for previews that a person asks for. */
export function webOdooClients(): OdooClients {
  const held = globalThis as Held;
  held[KEY] ??= new OdooClients(false);
  return held[KEY];
}
