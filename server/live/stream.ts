import { LIVE_RIGHTS, LIVE_STANDS, LIVE_TOPICS, type LiveTopic, type News } from "@/core/live";
import { may, type PersonActor } from "../access/actor";
import type { Context } from "../context";
import { AppError } from "../errors";
import { liveHub } from "./hub";

const HEARTBEAT_MS = 15_000;
const SESSION_CHECK_MS = 2_000;
/** Streams one person may hold open: tabs, and those a broken network has not given back yet. */
const MOST_STREAMS = 12;

const open = new Map<string, number>();

/** Reads the topics asked for, keeping those the actor may see. */
export function topicsFor(actor: PersonActor, asked: string | null): LiveTopic[] {
  const wanted = asked ? new Set(asked.split(",")) : null;
  return LIVE_TOPICS.filter((topic) => (!wanted || wanted.has(topic)) && may(actor, LIVE_RIGHTS[topic]));
}

/**
 * A stream of server-sent events: `stands` once it listens, messages { topic, ids? }, a comment every 15 s, and `ended` when the session
 * is over. A partner is told that something changed, never which row.
 */
export async function liveStream(
  ctx: Context,
  actor: PersonActor,
  options: { topics: LiveTopic[]; signal: AbortSignal; holds: () => Promise<boolean> },
): Promise<ReadableStream<Uint8Array>> {
  const streams = open.get(actor.id) ?? 0;
  if (streams >= MOST_STREAMS) throw new AppError("limit", "Too many open windows listen for news already.");
  open.set(actor.id, streams + 1);
  const text = new TextEncoder();
  let end = () => {};
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      let over = false;
      const timers: NodeJS.Timeout[] = [];
      let leave = () => {};
      const say = (line: string) => {
        if (over) return;
        try {
          controller.enqueue(text.encode(line));
        } catch {
          end();
        }
      };
      end = () => {
        if (over) return;
        over = true;
        for (const timer of timers) clearInterval(timer);
        leave();
        const left = (open.get(actor.id) ?? 1) - 1;
        if (left > 0) open.set(actor.id, left);
        else open.delete(actor.id);
        try {
          controller.close();
        } catch {
          // the reader has gone
        }
      };
      options.signal.addEventListener("abort", () => end(), { once: true });
      const tell = (news: News) => {
        const told = actor.role === "partner" ? { topic: news.topic } : news;
        say(`data: ${JSON.stringify(told)}\n\n`);
      };
      try {
        leave = await liveHub(ctx).listen(options.topics, tell);
      } catch (error) {
        ctx.log.warn({ err: error }, "live stream cannot listen");
        return end();
      }
      if (over) return leave();
      say(`retry: 3000\nevent: ${LIVE_STANDS}\ndata: {}\n\n`);
      timers.push(setInterval(() => say(": still here\n\n"), HEARTBEAT_MS));
      timers.push(
        setInterval(async () => {
          const holds = await options.holds().catch(() => true);
          if (holds) return;
          say("event: ended\ndata: {}\n\n");
          end();
        }, SESSION_CHECK_MS),
      );
    },
    cancel() {
      end();
    },
  });
  return stream;
}
