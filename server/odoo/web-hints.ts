import { webContext } from "../web-context";
import { type HintAnswer, makeHints } from "./hint";

const KEY = Symbol.for("waypost.web.hints");
type Held = { [KEY]?: ReturnType<typeof makeHints> };

/** Takes a hint in this web process. Next bundles modules several times, hence the global. */
export function takeHint(connectionId: number, secret: string): Promise<HintAnswer> {
  const held = globalThis as Held;
  held[KEY] ??= makeHints(webContext());
  return held[KEY](connectionId, secret);
}
