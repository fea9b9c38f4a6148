import { LIVE_CHANNEL, type LiveTopic, mergeNews, type News, newsSchema } from "@/core/live";
import type { Context } from "../context";

/** At most two messages a second per topic and listener. */
const WINDOW_MS = 500;

type Listener = {
  topics: ReadonlySet<LiveTopic>;
  tell: (news: News) => void;
  waiting: Map<LiveTopic, News>;
  lastAt: Map<LiveTopic, number>;
  timer: NodeJS.Timeout | null;
};

/** Hands what workers announce on one LISTEN connection to every open screen of this process, in windows of half a second. */
export class LiveHub {
  readonly #ctx: Pick<Context, "sql" | "log" | "now">;
  readonly #listeners = new Set<Listener>();
  #listening: Promise<unknown> | null = null;
  #before = false;

  constructor(ctx: Pick<Context, "sql" | "log" | "now">) {
    this.#ctx = ctx;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Adds a listener; the function returned takes it away. Throws when the database cannot be listened to. */
  async listen(topics: readonly LiveTopic[], tell: (news: News) => void): Promise<() => void> {
    const listener: Listener = {
      topics: new Set(topics),
      tell,
      waiting: new Map(),
      lastAt: new Map(),
      timer: null,
    };
    this.#listeners.add(listener);
    const leave = () => {
      this.#listeners.delete(listener);
      if (listener.timer) clearTimeout(listener.timer);
      listener.timer = null;
    };
    try {
      await this.#connect();
    } catch (error) {
      leave();
      throw error;
    }
    return leave;
  }

  /** postgres.js listens again by itself after a lost connection; what was announced meanwhile is lost, so screens are told to look. */
  #connect(): Promise<unknown> {
    this.#listening ??= this.#ctx.sql
      .listen(
        LIVE_CHANNEL,
        (payload) => this.#announce(payload),
        () => this.#lookAgain(),
      )
      .catch((error: unknown) => {
        this.#listening = null;
        throw error;
      });
    return this.#listening;
  }

  #announce(payload: string): void {
    const parsed = newsSchema.safeParse(jsonOf(payload));
    if (!parsed.success) {
      this.#ctx.log.warn({ channel: LIVE_CHANNEL }, "announcement not understood");
      return;
    }
    for (const listener of this.#listeners) this.#queue(listener, parsed.data);
  }

  #lookAgain(): void {
    if (!this.#before) {
      this.#before = true;
      return;
    }
    for (const listener of this.#listeners) for (const topic of listener.topics) this.#queue(listener, { topic });
  }

  #queue(listener: Listener, news: News): void {
    if (!listener.topics.has(news.topic)) return;
    const before = listener.waiting.get(news.topic);
    listener.waiting.set(news.topic, before ? mergeNews(before, news) : news);
    this.#flush(listener);
  }

  #flush(listener: Listener): void {
    const now = this.#ctx.now().getTime();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [topic, news] of listener.waiting) {
      const dueMs = (listener.lastAt.get(topic) ?? 0) + WINDOW_MS - now;
      if (dueMs > 0) {
        nextMs = Math.min(nextMs, dueMs);
        continue;
      }
      listener.waiting.delete(topic);
      listener.lastAt.set(topic, now);
      listener.tell(news);
    }
    if (nextMs === Number.POSITIVE_INFINITY || listener.timer) return;
    listener.timer = setTimeout(() => {
      listener.timer = null;
      this.#flush(listener);
    }, nextMs);
    listener.timer.unref();
  }
}

function jsonOf(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return null;
  }
}

const KEY = Symbol.for("waypost.web.live");
type Held = { [KEY]?: LiveHub };

/** The hub of this web process. */
export function liveHub(ctx: Context): LiveHub {
  const held = globalThis as Held;
  held[KEY] ??= new LiveHub(ctx);
  return held[KEY];
}
