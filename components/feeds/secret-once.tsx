"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Identifier } from "@/components/ui/identifier";
import { Fact, Facts } from "@/components/ui/side-panel";

/** Address and secret of a feed, shown this once. */
export function SecretOnce({ url, secret }: { url: string | null; secret: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <div className="flex flex-col gap-2 rounded-md border border-accent bg-selected p-3">
      <p className="font-medium">Copy the secret now: it is shown this once and kept sealed from then on.</p>
      <Facts>
        {url ? (
          <Fact name="Address">
            <Identifier value={url} max={80} />
          </Fact>
        ) : null}
        <Fact name="Secret">
          <code className="break-all font-mono text-[12px]">{secret}</code>
        </Fact>
      </Facts>
      <div>
        <Button
          onClick={async () => {
            await navigator.clipboard.writeText(secret);
            setCopied(true);
          }}
        >
          {copied ? "Copied" : "Copy the secret"}
        </Button>
      </div>
    </div>
  );
}
