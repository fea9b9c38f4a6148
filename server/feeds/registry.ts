import type { AdapterName, FeedState, WayIn } from "@/core/feeds/feed";
import { listRegistryFeeds, listSealedSecrets, type RegistryRow, type SealedSecret } from "@/db/queries/feeds";
import { adapterNamed } from "../adapters/registry";
import type { Context } from "../context";
import { unseal } from "../seal";
import type { Secret, Verifier } from "../verify/scheme";
import { makeVerifier, secretHeaders } from "../verify/verify";

/** A feed as the doors see it, with its keys made ready. */
export type RegisteredFeed = {
  id: number;
  slug: string;
  name: string;
  adapter: AdapterName;
  wayIn: WayIn;
  state: FeedState;
  contentTypes: ReadonlySet<string>;
  verify: Verifier;
  /** Lower-case names of headers that hold a secret or a signature. */
  secretHeaders: ReadonlySet<string>;
  rate: { perSecond: number; burst: number };
  maxBytes: number;
  maxBatchBytes: number;
  urgency: number;
  folder: string | null;
};

export type FeedRegistry = {
  /** Undefined for a slug that no living feed has. */
  bySlug: (slug: string) => RegisteredFeed | undefined;
  all: () => readonly RegisteredFeed[];
  /** False until it was read once; after that the last reading stays when the database is away. */
  loaded: () => boolean;
  refresh: () => Promise<void>;
  close: () => Promise<void>;
};

/** The channel on which a changed feed or secret is told. */
export const FEEDS_CHANNEL = "waypost_feeds";

type Options = { pollMs?: number };

/** Reads feeds and secrets into memory and keeps them fresh: by NOTIFY, and by a slow poll should one be lost. */
export function openFeedRegistry(
  ctx: Pick<Context, "sql" | "config" | "log" | "now">,
  options: Options = {},
): FeedRegistry {
  let feeds: readonly RegisteredFeed[] = [];
  let slugs = new Map<string, RegisteredFeed>();
  let loaded = false;
  let closed = false;
  let reading: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  async function read(): Promise<void> {
    const [rows, secrets] = await Promise.all([listRegistryFeeds(ctx.sql), listSealedSecrets(ctx.sql, ctx.now())]);
    feeds = rows.map((row) => register(row, openSecrets(ctx, row, secrets)));
    slugs = new Map(feeds.map((feed) => [feed.slug, feed]));
    loaded = true;
  }

  /** One reading at a time. What is asked for meanwhile gets the next one, as the present one may have begun before the change. */
  function refresh(): Promise<void> {
    if (!reading) {
      reading = read().finally(() => {
        reading = null;
      });
      return reading;
    }
    next ??= reading
      .catch(() => {})
      .then(() => {
        next = null;
        return closed ? undefined : refresh();
      });
    return next;
  }

  function quietly(): void {
    refresh().catch((error) => ctx.log.warn({ code: error.code }, "feeds could not be read; the last reading stays"));
  }

  quietly();
  const timer = setInterval(quietly, options.pollMs ?? 15_000).unref();
  // onlisten also runs after every reconnect, when changes may have been missed
  const listening = ctx.sql.listen(FEEDS_CHANNEL, quietly, quietly).catch(() => null);

  return {
    bySlug: (slug) => slugs.get(slug),
    all: () => feeds,
    loaded: () => loaded,
    refresh,
    close: async () => {
      closed = true;
      clearInterval(timer);
      const listener = await Promise.race([listening, new Promise<null>((resolve) => setTimeout(resolve, 500, null))]);
      await listener?.unlisten().catch(() => {});
    },
  };
}

function register(row: RegistryRow, secrets: readonly Secret[]): RegisteredFeed {
  const { ratePerSecond, rateBurst, verify, verifySettings, ...feed } = row;
  return {
    ...feed,
    contentTypes: new Set(adapterNamed(row.adapter)?.contentTypes ?? []),
    verify: makeVerifier(verify, verifySettings, secrets),
    secretHeaders: new Set(secretHeaders(verify, verifySettings)),
    rate: { perSecond: Math.max(1, ratePerSecond), burst: Math.max(1, rateBurst) },
  };
}

/** A secret that cannot be opened is left out: its feed refuses rather than guesses. */
function openSecrets(
  ctx: Pick<Context, "config" | "log">,
  feed: RegistryRow,
  secrets: readonly SealedSecret[],
): Secret[] {
  return secrets
    .filter((secret) => secret.feedId === feed.id)
    .flatMap(({ id, sealed, expiresAt }) => {
      try {
        return [{ id, value: unseal(ctx.config.secretKey, sealed), expiresAtMs: expiresAt?.getTime() ?? null }];
      } catch {
        ctx.log.error({ feed: feed.slug, secretId: id }, "a secret was sealed with another WAYPOST_SECRET_KEY");
        return [];
      }
    });
}
