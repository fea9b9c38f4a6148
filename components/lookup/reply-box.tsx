"use client";
import { Check, Copy } from "lucide-react";
import { useMemo } from "react";
import { Button } from "@/components/ui/button";
import { useHotkeys } from "@/components/ui/hotkeys";
import { Kbd } from "@/components/ui/kbd";
import { useNow, useZone } from "@/components/ui/time";
import { useCopy } from "@/components/ui/use-copy";
import type { Answer } from "@/core/lookup/answer";
import { writeReply } from "@/core/lookup/reply";

/** A reply for the customer, ready to copy with C. */
export function ReplyBox({ answer }: { answer: Answer }) {
  const zone = useZone();
  const day = Math.floor(useNow() / 60_000) * 60_000;
  const reply = useMemo(() => writeReply(answer, { zone, nowMs: day }), [answer, zone, day]);
  const { copied, copy } = useCopy(reply);
  useHotkeys({ c: () => void copy() });
  return (
    <section aria-label="Suggested reply" className="rounded-md border border-line">
      <header className="flex items-center justify-between gap-2 border-line border-b px-3 py-2">
        <h3 className="font-semibold">Suggested reply</h3>
        <Button variant="primary" onClick={() => void copy()}>
          {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
          {copied ? "Copied" : "Copy reply"}
          <span className="max-sm:hidden">
            <Kbd>C</Kbd>
          </span>
        </Button>
        <span className="sr-only" aria-live="polite">
          {copied ? "Reply copied" : ""}
        </span>
      </header>
      <p className="whitespace-pre-wrap break-words px-3 py-2.5" suppressHydrationWarning>
        {reply}
      </p>
      <p className="px-3 pb-2 text-ink-3 text-xs" suppressHydrationWarning>
        Days and times in {zone}. Read it before you send it.
      </p>
    </section>
  );
}
