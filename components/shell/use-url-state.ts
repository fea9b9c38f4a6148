"use client";
import { createLoader, createSerializer, type ParserMap, useQueryStates } from "nuqs";
import { useEffect, useRef } from "react";

/**
 * State that stands in the address, where each change is a step of the browser's history. nuqs alone may miss a step back: on a busy machine
 * it comes before the change it undoes was drawn, and what is drawn next is the address that was drawn last, which nuqs takes for no change.
 */
export function useUrlState<Parsers extends ParserMap>(parsers: Parsers) {
  const [state, set] = useQueryStates(parsers, { history: "push" });
  const latest = useRef({ state, set });
  latest.current = { state, set };
  useEffect(() => {
    const here = window.location.pathname;
    const [load, written] = [createLoader<ParserMap>(parsers), createSerializer<ParserMap>(parsers)];
    const follow = () => {
      if (window.location.pathname !== here) return;
      const told = load(window.location.search) as typeof state;
      if (written(told) === written(latest.current.state)) return;
      void latest.current.set(told, { history: "replace" });
    };
    window.addEventListener("popstate", follow);
    return () => window.removeEventListener("popstate", follow);
  }, [parsers]);
  return [state, set] as const;
}
