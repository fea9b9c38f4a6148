import { type Chapter, dictionary } from "@/core/dictionary/dictionary";
import { listProducers, type Producer } from "@/db/queries/dictionary";
import { type Actor, may } from "../access/actor";
import { adapterNamed } from "../adapters/registry";
import type { Context } from "../context";
import { readSettings } from "../settings/read";

export type Dictionary = {
  chapters: Chapter[];
  /** Feeds that tell each kind of event, with the versions by which they are read. */
  producers: (Producer & { adapterVersion: number | null })[];
};

/** The words of Waypost as the code has them, and which feeds tell which kind of event, for those who may see feeds. */
export async function readDictionary(ctx: Pick<Context, "sql">, actor: Actor): Promise<Dictionary> {
  const [{ ownership }, producers] = await Promise.all([
    readSettings(ctx),
    may(actor, "feeds:read") ? listProducers(ctx.sql) : [],
  ]);
  return {
    chapters: dictionary(ownership),
    producers: producers.map((one) => ({ ...one, adapterVersion: adapterNamed(one.adapter)?.version ?? null })),
  };
}
