import type { Breaker } from "@/core/postings/breaker";
import type { PostingKind } from "@/core/postings/kinds";
import { FIRST_PACE, type Load, type Pace } from "@/core/postings/pace";
import type { WorkingConnection } from "@/db/queries/odoo-work";
import type { OdooClients } from "../odoo/clients";
import type { Gated } from "./gate";

/** One process sends for a connection at a time (leadership); this is what it holds while it does. */
export type Sender = {
  owner: string;
  slot: number;
  clients: OdooClients;
  /** Connections in which nothing stands as sending but what this sender itself has under way. */
  taken: Set<number>;
  breakers: Map<number, Breaker>;
  /** By connection: how hard it is worked, how long its rows take, calls under way, and when what was last done. */
  paces: Map<number, Pace>;
  loads: Map<number, Map<PostingKind, Load>>;
  underWay: Map<number, number>;
  sentAt: Map<number, number>;
  pulsedAt: Map<number, number>;
  paceToldAt: Map<number, number>;
  verifiedAt: Map<number, number>;
  gated: Map<number, Gated>;
};

/** Makes the sender of one process. */
export function makeSender(owner: string, slot: number, clients: OdooClients): Sender {
  return {
    owner,
    slot,
    clients,
    taken: new Set(),
    breakers: new Map(),
    paces: new Map(),
    loads: new Map(),
    underWay: new Map(),
    sentAt: new Map(),
    pulsedAt: new Map(),
    paceToldAt: new Map(),
    verifiedAt: new Map(),
    gated: new Map(),
  };
}

export function paceOf(sender: Sender, connection: WorkingConnection): Pace {
  const known = sender.paces.get(connection.id);
  if (known) return known.share > connection.concurrency ? { ...known, share: connection.concurrency } : known;
  return FIRST_PACE;
}

export function loadsOf(sender: Sender, connection: WorkingConnection): Map<PostingKind, Load> {
  const loads = sender.loads.get(connection.id) ?? new Map<PostingKind, Load>();
  sender.loads.set(connection.id, loads);
  return loads;
}

export function isOpen(sender: Sender, connection: WorkingConnection): boolean {
  return sender.breakers.get(connection.id)?.state === "open";
}
