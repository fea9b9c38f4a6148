// The workers of one npm start: as many as an administrator set in the product, else as many as the environment says.
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { wantedWorkers } from "../core/workers/setting.ts";
import { beat, endBeat, forgetPlace } from "../db/queries/heartbeat.ts";
import { findSetting } from "../db/queries/settings.ts";
import { openRaw } from "../db/raw.ts";

/** A changed number is followed within so long. */
const LOOK_EVERY_MS = 2_000;
/** A worker ends its batch and leaves within 8 s by itself. */
const PATIENCE_MS = 10_000;

/** Keeps so many workers running as are wanted: starts more, ends those of the highest slots, and tells by a heartbeat that it does. */
export class Crew {
  #slots = new Set();
  #wanted = 0;
  #timer = null;
  #closed = false;
  #startedAt = new Date();

  /** `children` starts and ends processes; `args` is how a worker is started; `byEnvironment` holds where nobody set a number. */
  constructor({ children, args, byEnvironment, databaseUrl, say }) {
    Object.assign(this, { children, args, byEnvironment, say });
    this.name = `${hostname()}/${process.pid}`;
    this.sql = openRaw(databaseUrl, { max: 1, application: "waypost supervisor" });
  }

  /** Starts them, and goes on following the number. */
  async start() {
    await this.#follow();
    const again = () => {
      this.#timer = setTimeout(async () => {
        await this.#follow();
        if (!this.#closed) again();
      }, LOOK_EVERY_MS);
    };
    if (!this.#closed) again();
  }

  /** Follows the number no more; the workers are ended by whoever ends all. */
  async close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    // the database may be gone before us, and nobody waits for that
    const told = endBeat(this.sql, this.name).then(() => this.sql.end({ timeout: 1 }));
    await Promise.race([told.catch(() => {}), sleep(1_500, undefined, { ref: false })]);
  }

  async #follow() {
    try {
      this.#wanted = wantedWorkers(await findSetting(this.sql, "workers"), this.byEnvironment);
      await this.#tell();
    } catch {
      // without a database nobody can have changed it: what runs goes on, and the first start is by the environment
      if (this.#wanted === 0) this.#wanted = this.byEnvironment;
    }
    if (this.#closed) return;
    if (this.#slots.size > 0 && this.#slots.size !== this.#wanted)
      this.say(`${this.#wanted} ${this.#wanted === 1 ? "worker" : "workers"} wanted, ${this.#slots.size} run`);
    for (let slot = 0; slot < this.#wanted; slot++) if (!this.#slots.has(slot)) this.#startOne(slot);
    const surplus = [...this.#slots].filter((slot) => slot >= this.#wanted);
    for (const slot of surplus) this.#slots.delete(slot);
    // a slot that is wanted again meanwhile waits for its worker to leave
    await Promise.all(surplus.map((slot) => this.#endOne(slot)));
  }

  async #endOne(slot) {
    await this.children.retire(nameOf(slot), PATIENCE_MS);
    // one that had to be killed, now or before, could not say so
    await forgetPlace(this.sql, hostname(), slot, new Date()).catch(() => {});
  }

  #startOne(slot) {
    this.#slots.add(slot);
    const env = { WAYPOST_WORKER_SLOT: String(slot), WAYPOST_CREW: this.name };
    // the first one must live; one that was added, on a machine too small for it, ends nothing
    this.children.start(nameOf(slot), this.args, { env, restarts: 10, vital: slot === 0 });
  }

  #tell() {
    const facts = { wanted: this.#wanted, byEnvironment: this.byEnvironment };
    return beat(this.sql, this.name, "supervisor", this.#startedAt, new Date(), facts);
  }
}

const nameOf = (slot) => `worker ${slot}`;
