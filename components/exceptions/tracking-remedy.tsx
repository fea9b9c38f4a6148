"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { CLASS_WORD } from "@/components/shipments/words";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Identifier } from "@/components/ui/identifier";
import { Section } from "@/components/ui/side-panel";
import { SkeletonLines } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import type { FeedClass } from "@/core/feeds/feed";
import { Correction } from "./correction";
import type { ExceptionDetail } from "./rows";

/** Lets a person say which of the numbers that sources name is right; several may be, of several parcels. */
export function TrackingRemedy({
  exception,
  whereSeveral = false,
}: {
  exception: ExceptionDetail;
  /** Nothing is shown where there is nothing to choose from. */
  whereSeveral?: boolean;
}) {
  const trpc = useTRPC();
  const may = useMay("shipments:correct");
  const { shipmentId } = exception;
  const sources = useQuery({
    ...trpc.shipments.sources.queryOptions({ shipmentId: shipmentId ?? "", what: "tracking_number" }),
    enabled: may && shipmentId !== null,
  });
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [takingBack, setTakingBack] = useState(false);
  if (!may || !shipmentId) return null;
  const { numbers = [], decision = null } = sources.data ?? {};
  if (whereSeveral && numbers.length < 2 && decision === null) return null;
  const decided = chosen.length > 0 ? { what: "tracking_number" as const, numbers: [...chosen].sort() } : null;
  return (
    <Section title="Choose the right number">
      <div className="flex flex-col gap-3">
        {sources.isPending ? (
          <SkeletonLines lines={3} />
        ) : sources.error ? (
          <p className="text-broken">{sources.error.message}</p>
        ) : (
          <ul className="flex flex-col rounded-md border border-line">
            {numbers.map(({ number, by, lastScanAtMs, ruledOut }) => (
              <li key={number} className="flex items-start gap-2 border-line border-b px-2 py-1.5 last:border-b-0">
                <Checkbox
                  aria-label={`${number} is right`}
                  checked={chosen.includes(number)}
                  onCheckedChange={(on) =>
                    setChosen(on ? [...chosen, number] : chosen.filter((other) => other !== number))
                  }
                />
                <span className="min-w-0 flex-1">
                  <Identifier value={number} max={40} />
                  <span className="block text-ink-3 text-xs">
                    {by
                      .map(
                        ({ feed, feedClass }) =>
                          `${feed} (${(CLASS_WORD[feedClass as FeedClass] ?? feedClass).toLowerCase()})`,
                      )
                      .join(", ")}
                    {lastScanAtMs ? (
                      <>
                        {" · last scan "}
                        <Time at={lastScanAtMs} />
                      </>
                    ) : (
                      " · never scanned"
                    )}
                    {ruledOut ? " · ruled out" : ""}
                  </span>
                </span>
              </li>
            ))}
          </ul>
        )}
        {typeof decision === "string" ? (
          <div className="flex flex-col gap-2">
            <p className="flex flex-wrap items-center gap-2 text-ink-2">
              Somebody decided on <Identifier value={decision} max={40} />
              <Button size="sm" onClick={() => setTakingBack(!takingBack)}>
                Take it back
              </Button>
            </p>
            {takingBack ? (
              <Correction
                shipmentId={shipmentId}
                decided={{ what: "tracking_number", takeBack: true }}
                button="Take the decision back"
                onDone={() => setTakingBack(false)}
              />
            ) : null}
          </div>
        ) : null}
        {takingBack ? null : (
          <Correction
            shipmentId={shipmentId}
            decided={decided}
            button={chosen.length > 1 ? "These are right" : "This one is right"}
            onDone={() => setChosen([])}
          />
        )}
        <p className="text-ink-3 text-xs">
          What is chosen outranks every source until it is taken back or a source names another number. Scans under the
          other number keep counting.
        </p>
      </div>
    </Section>
  );
}
