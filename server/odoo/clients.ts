import type { WorkingConnection } from "@/db/queries/odoo-work";
import { saveServer } from "@/db/queries/odoo-work";
import { createOdooClient, type OdooClient } from "../adapters/odoo/client";
import type { Context } from "../context";
import { unseal } from "../seal";

/** Clients by connection; one whose settings changed is made anew. */
export class OdooClients {
  private readonly known = new Map<number, { stamp: number; client: OdooClient }>();

  /** Throws `OdooFailure` when the server cannot be asked what it is. */
  async get(ctx: Context, connection: WorkingConnection): Promise<OdooClient> {
    const known = this.known.get(connection.id);
    if (known && known.stamp === connection.updatedAtMs) return known.client;
    const client = await createOdooClient({
      url: connection.url,
      db: connection.database,
      login: connection.login,
      key: unseal(ctx.config.secretKey, connection.sealedKey),
      timeoutMs: connection.timeoutMs,
    });
    await saveServer(ctx.sql, connection.id, client.server.transport, client.server.version);
    this.known.set(connection.id, { stamp: connection.updatedAtMs, client });
    return client;
  }

  /** Forgets a client, so that the server is asked again what it is (it may have been upgraded). */
  forget(connectionId: number): void {
    this.known.delete(connectionId);
  }
}
