"use client";
import { useEffect, useRef } from "react";

/** True while the person writes: single-letter keys belong to the text then. */
export function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    !(target instanceof HTMLInputElement && ["checkbox", "radio", "button"].includes(target.type))
  );
}

/** Runs single-key commands of a screen ("j", "?", "Enter"), unless a person writes, a dialog or a menu is open, or a modifier is held. */
export function useHotkeys(keys: Readonly<Record<string, (event: KeyboardEvent) => void>>, enabled = true): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    if (!enabled) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      if (document.querySelector("[role=dialog],[role=menu],[role=listbox]:not([hidden])")) return;
      const command = latest.current[event.key];
      if (!command) return;
      if (event.key === "Enter" && event.target instanceof HTMLElement && event.target.closest("a,button")) return;
      event.preventDefault();
      command(event);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [enabled]);
}
