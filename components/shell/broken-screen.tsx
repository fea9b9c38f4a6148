"use client";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { Mark } from "@/components/ui/mark";

/** Stands in the place of a screen whose drawing failed: what happened, that nothing was lost by it, and ways on. */
export function BrokenScreen({ error, retry }: { error: unknown; retry: () => void }) {
  // no router: it may be what failed
  const [{ path, chosen }, setPlace] = useState({ path: "", chosen: false });
  useEffect(() => setPlace({ path: window.location.pathname, chosen: window.location.search !== "" }), []);
  return (
    <div className="mx-auto flex max-w-lg flex-col items-start gap-3 px-4 py-12" role="alert">
      <h1 className="flex items-center gap-2 font-semibold text-base">
        <Mark shape="cross" className="text-broken" />
        This screen could not be drawn
      </h1>
      <p className="text-ink-2">
        Waypost made a mistake here. Nothing was changed by it, and what came in meanwhile is kept and worked on.
        {chosen ? " Perhaps it is what the address asks for: without its filters the screen may open." : ""}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" onClick={retry}>
          Try again
        </Button>
        {chosen ? (
          <Button asChild>
            {/* a full load: what was drawn before is what failed */}
            <a href={path}>Open it without filters</a>
          </Button>
        ) : null}
        <Button asChild variant="quiet">
          <a href="/">To the tower</a>
        </Button>
      </div>
      <details className="w-full text-ink-2">
        <summary className="cursor-pointer">What to tell whoever looks after Waypost</summary>
        <pre className="mt-2 max-h-48 overflow-auto whitespace-pre-wrap break-words rounded-md border border-line bg-sunken p-2 font-mono text-xs">
          {told(error, path)}
        </pre>
      </details>
    </div>
  );
}

function told(error: unknown, path: string): string {
  const { message, digest } =
    error instanceof Error
      ? { message: error.message, digest: (error as { digest?: string }).digest }
      : { message: String(error), digest: undefined };
  return [path, message.slice(0, 2_000), digest ? `In the server's log: ${digest}` : ""].filter(Boolean).join("\n");
}
