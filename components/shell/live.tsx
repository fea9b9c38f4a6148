"use client";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from "react";
import type { LiveTopic } from "@/core/live";

export type Connection = "connecting" | "live" | "lost";

type Listener = (topic: string) => void;
const Live = createContext<{ connection: Connection; listen: (listener: Listener) => () => void } | null>(null);

/** Server-sent events of /api/live: they say which noun changed, never what; screens ask for the rest. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [connection, setConnection] = useState<Connection>("connecting");
  const listeners = useRef(new Set<Listener>());
  const queries = useQueryClient();

  useEffect(() => {
    let source: EventSource | null = null;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let failures = 0;
    const open = () => {
      source = new EventSource("/api/live");
      source.onopen = () => {
        // what was missed while the line was down
        if (failures > 0) void queries.invalidateQueries();
        failures = 0;
        setConnection("live");
      };
      source.onmessage = (event) => {
        for (const topic of topicsOf(event.data)) for (const listener of listeners.current) listener(topic);
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

  const value = useMemo(
    () => ({
      connection,
      listen: (listener: Listener) => {
        listeners.current.add(listener);
        return () => {
          listeners.current.delete(listener);
        };
      },
    }),
    [connection],
  );
  return <Live.Provider value={value}>{children}</Live.Provider>;
}

function topicsOf(data: string): string[] {
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value !== "object" || value === null || !("topic" in value)) return [];
    return typeof value.topic === "string" ? [value.topic] : [];
  } catch {
    return [];
  }
}

/** State of the line to the server. */
export function useConnection(): Connection {
  return useContext(Live)?.connection ?? "connecting";
}

/** Calls back at most once per `everyMs` while one of the topics changes; the last change is never dropped. */
export function useLive(topics: readonly LiveTopic[], onChange: () => void, everyMs = 2000): void {
  const live = useContext(Live);
  const latest = useRef(onChange);
  latest.current = onChange;
  const wanted = topics.join(" ");
  useEffect(() => {
    if (!live) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    const stop = live.listen((topic) => {
      if (!wanted.split(" ").includes(topic) || timer) return;
      const wait = Math.max(0, last + everyMs - Date.now());
      timer = setTimeout(() => {
        timer = undefined;
        last = Date.now();
        latest.current();
      }, wait);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [live, wanted, everyMs]);
}
