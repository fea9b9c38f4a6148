"use client";
import { type RefObject, useEffect, useState, useSyncExternalStore } from "react";

type Settings = { columns: Record<string, boolean>; comfortable: boolean };

/** Columns and row height that a person chose for a table, kept in this browser. */
export function useTableSettings(name: string) {
  const key = `waypost.table.${name}`;
  const [settings, setSettings] = useState<Settings>({ columns: {}, comfortable: false });
  useEffect(() => {
    const kept = localStorage.getItem(key);
    if (kept) setSettings((was) => ({ ...was, ...readSettings(kept) }));
  }, [key]);
  const change = (next: Partial<Settings>) => {
    const all = { ...settings, ...next };
    setSettings(all);
    localStorage.setItem(key, JSON.stringify(all));
  };
  return {
    settings,
    showColumn: (id: string, shown: boolean) => change({ columns: { ...settings.columns, [id]: shown } }),
    setComfortable: (comfortable: boolean) => change({ comfortable }),
  };
}

function readSettings(text: string): Partial<Settings> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return {};
    const { columns, comfortable } = value as Record<string, unknown>;
    return {
      columns: typeof columns === "object" && columns !== null ? (columns as Record<string, boolean>) : {},
      comfortable: comfortable === true,
    };
  } catch {
    return {};
  }
}

const NARROW = "(max-width: 639px)";

function watchNarrow(changed: () => void): () => void {
  const query = window.matchMedia(NARROW);
  query.addEventListener("change", changed);
  return () => query.removeEventListener("change", changed);
}

/** True on a screen as wide as a telephone; false while the server renders. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    watchNarrow,
    () => window.matchMedia(NARROW).matches,
    () => false,
  );
}

/** Width of an element in pixels as it changes; without bound until it is on the screen. */
export function useRoom(element: RefObject<HTMLElement | null>): number {
  const [room, setRoom] = useState(Number.POSITIVE_INFINITY);
  useEffect(() => {
    const at = element.current;
    if (!at) return;
    const watch = new ResizeObserver(() => setRoom(at.clientWidth));
    watch.observe(at);
    return () => watch.disconnect();
  }, [element]);
  return room;
}
