"use client";
import { Fragment } from "react";
import { cn } from "@/components/ui/class-names";
import { Identifier } from "@/components/ui/identifier";
import { Mark } from "@/components/ui/mark";
import { Time } from "@/components/ui/time";
import type { ProofCheck } from "@/core/proof/check";
import type { ProofLink } from "@/core/proof/proof";
import { linkInWords } from "@/core/proof/words";

const INSTANT = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/;

/** Links one below the other, each with its sentence, what broke, and what stands in it. */
export function ChainList({ links, checks }: { links: readonly ProofLink[]; checks: readonly ProofCheck[] }) {
  return (
    <ol className="flex flex-col">
      {links.map((link, at) => {
        const failed = checks.filter((check) => check.link === at && !check.ok);
        const { title, sentence } = linkInWords(link);
        return (
          <li key={link.digest} className="relative flex gap-3 pb-3 last:pb-0">
            {at < links.length - 1 ? (
              <span aria-hidden className="absolute top-4 bottom-0 left-[5.5px] w-px bg-line" />
            ) : null}
            <Mark
              shape={failed.length === 0 ? "check" : "cross"}
              className={cn("relative mt-1 bg-raised", failed.length === 0 ? "text-ok" : "text-broken")}
            />
            <div className="min-w-0 flex-1">
              <div className="flex flex-wrap items-baseline justify-between gap-x-3">
                <span className="font-medium">
                  {at + 1}. {title}
                </span>
                <span className="text-ink-3 text-xs" title={`SHA-256 of this link: ${link.digest}`}>
                  <Identifier value={link.digest.slice(0, 12)} />
                </span>
              </div>
              <p className="break-words text-ink-2">
                <WithTimes text={sentence} />
              </p>
              {failed.map((check) => (
                <p key={check.what} className="break-words text-broken text-sm">
                  {check.what}: {check.why}
                </p>
              ))}
              <details className="mt-0.5 text-xs">
                <summary className="w-fit cursor-pointer text-ink-3">What stands in it</summary>
                <pre className="mt-1 max-h-56 overflow-auto rounded-md border border-line bg-sunken p-2 font-mono text-[12px] leading-[17px]">
                  {JSON.stringify({ ...link.content, previous: link.previous, digest: link.digest }, null, 2)}
                </pre>
              </details>
            </div>
          </li>
        );
      })}
    </ol>
  );
}

function WithTimes({ text }: { text: string }) {
  return text.split(INSTANT).map((part, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one sentence never move
    <Fragment key={at}>{INSTANT.test(part) ? <Time at={new Date(part)} show="absolute" /> : part}</Fragment>
  ));
}
