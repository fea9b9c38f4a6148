"use client";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { LIVE_STANDS, type LiveTopic } from "@/core/live";

export type Connection = "connecting" | "live" | "lost";

type Told = { topic: string | null; ids: readonly unknown[] | null };
/** Something of any topic may have changed while nobody listened. */
const ANYTHING: Told = { topic: null, ids: null };
type Listener = (told: Told) => void;
const Live = createContext<{ connection: Connection; listen: (listener: Listener) => () => void } | null>(null);

/**
 * Server-sent events of /api/live: they say which noun changed, never what; screens ask for the rest. Each time the line stands, screens
 * look at once, since what came between their reading and the line was told to nobody.
 */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [connection, setConnection] = useState<Connection>("connecting");
  const listeners = useRef(new Set<Listener>());
  const queries = useQueryClient();

  useEffect(() => {
    let source: EventSource | null = null;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let failures = 0;
    const tell = (told: Told) => {
      for (const listener of listeners.current) listener(told);
    };
    const open = () => {
      source = new EventSource("/api/live");
      source.addEventListener(LIVE_STANDS, () => {
        if (failures > 0) void queries.invalidateQueries({ predicate: (query) => query.state.status === "error" });
        failures = 0;
        setConnection("live");
        tell(ANYTHING);
      });
      source.onmessage = (event) => {
        const told = toldBy(event.data);
        if (told) tell(told);
      };
      // the session is over: signed out elsewhere, disabled, or too old
      source.addEventListener("ended", () => window.location.assign("/sign-in"));
      source.onerror = () => {
        failures++;
        setConnection(failures > 1 ? "lost" : "connecting");
        if (source?.readyState === EventSource.CLOSED) {
          source.close();
          retry = setTimeout(open, Math.min(30_000, 1000 * 2 ** failures));
        }
      };
    };
    open();
    return () => {
      clearTimeout(retry);
      source?.close();
    };
  }, [queries]);

  // the same function for good: a screen that listened anew with each change of the line would drop what it has just heard
  const listen = useCallback((listener: Listener) => {
    listeners.current.add(listener);
    return () => {
      listeners.current.delete(listener);
    };
  }, []);
  const value = useMemo(() => ({ connection, listen }), [connection, listen]);
  return <Live.Provider value={value}>{children}</Live.Provider>;
}

function toldBy(data: string): Told | null {
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value !== "object" || value === null || !("topic" in value) || typeof value.topic !== "string")
      return null;
    return { topic: value.topic, ids: "ids" in value && Array.isArray(value.ids) ? value.ids : null };
  } catch {
    return null;
  }
}

/** State of the line to the server. */
export function useConnection(): Connection {
  return useContext(Live)?.connection ?? "connecting";
}

/** How soon a screen follows news that name the very thing it shows, at the earliest, in ms. */
const OWN_EVERY_MS = 250;

/** Whether something is known to have changed, or only may have while the line did not stand. */
export type LiveWord = "changed" | "perhaps";

/**
 * Calls back at most once per `everyMs` while one of the topics changes, and when the line stands; the last change is never dropped. News
 * that name `own`, the one thing that the screen shows, are followed almost at once, however much else goes on.
 */
export function useLive(
  topics: readonly LiveTopic[],
  onChange: (word: LiveWord) => void,
  everyMs = 2000,
  own?: string,
): void {
  const listen = useContext(Live)?.listen;
  const latest = useRef(onChange);
  latest.current = onChange;
  const wanted = topics.join(" ");
  useEffect(() => {
    if (!listen) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let dueAt = Number.POSITIVE_INFINITY;
    let last = 0;
    let word: LiveWord = "perhaps";
    const stop = listen(({ topic, ids }) => {
      if (topic !== null && !wanted.split(" ").includes(topic)) return;
      if (topic !== null) word = "changed";
      const isOwn = own !== undefined && ids?.includes(own) === true;
      const at = Math.max(Date.now(), last + (isOwn ? Math.min(OWN_EVERY_MS, everyMs) : everyMs));
      if (at >= dueAt) return;
      clearTimeout(timer);
      dueAt = at;
      timer = setTimeout(() => {
        dueAt = Number.POSITIVE_INFINITY;
        last = Date.now();
        latest.current(word);
        word = "perhaps";
      }, at - Date.now());
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [listen, wanted, everyMs, own]);
}
