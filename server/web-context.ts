import { type Context, makeContext } from "./context";

const KEY = Symbol.for("waypost.web.context");
type Held = { [KEY]?: Context };

/** The context of this web process, made on first use (never while `next build` runs); Next bundles modules several times, hence the global. */
export function webContext(): Context {
  const held = globalThis as Held;
  held[KEY] ??= makeContext("web");
  return held[KEY];
}
