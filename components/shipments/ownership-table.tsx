"use client";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { Mark } from "@/components/ui/mark";
import { Time } from "@/components/ui/time";
import { PEOPLE } from "@/core/feeds/feed";
import { type ClaimRow, fieldRows, valueInWords } from "./ownership";
import type { FeedName, ShipmentDetail } from "./rows";
import { CLASS_WORD, sentence } from "./words";

/** Who said what about each field, who decides, and what lost. */
export function OwnershipTable({
  claims,
  state,
  feeds,
  onWhy,
}: {
  claims: readonly ClaimRow[];
  state: ShipmentDetail["head"]["state"];
  feeds: readonly FeedName[];
  onWhy: (attribute: string) => void;
}) {
  const rows = fieldRows(claims, "attributes" in state ? state : {});
  if (rows.length === 0)
    return (
      <p className="text-ink-2">
        No source has said anything about its fields yet: carrier, weight, promise and the like.
      </p>
    );
  const feedOf = (feedId: number) => feeds.find((feed) => feed.id === feedId);
  return (
    <div className="overflow-x-auto">
      <table className="w-full min-w-[560px] table-fixed text-sm">
        <thead>
          <tr className="text-left text-ink-3 text-xs">
            <th scope="col" className="w-[24%] py-1.5 pr-2 font-normal">
              Field
            </th>
            <th scope="col" className="w-[38%] px-2 py-1.5 font-normal">
              Value that counts
            </th>
            <th scope="col" className="px-2 py-1.5 font-normal">
              Who said what
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.subject} ${row.attribute}`} className="border-line border-t align-top">
              <th scope="row" className="py-1.5 pr-2 text-left font-normal">
                {sentence(row.attribute)}
                {row.subject ? (
                  <span className="block truncate font-mono text-[12px] text-ink-3">{row.subject}</span>
                ) : null}
                {row.mismatch ? (
                  <Badge tone="broken" shape="cross">
                    Mismatch
                  </Badge>
                ) : null}
              </th>
              <td className="break-words px-2 py-1.5 font-medium">
                {valueInWords(row.attribute, row.value) || "–"}
                {row.subject === "" ? (
                  <Button
                    variant="link"
                    size="sm"
                    className="ml-2 font-normal"
                    aria-label={`Why this ${row.attribute.replaceAll("_", " ")}?`}
                    onClick={() => onWhy(row.attribute)}
                  >
                    why?
                  </Button>
                ) : null}
              </td>
              <td className="px-2 py-1.5">
                <ul className="flex flex-col gap-0.5">
                  {row.spoken.map((spoken) => {
                    const feed = feedOf(spoken.feedId);
                    return (
                      <li
                        key={spoken.feedId}
                        className={cn("flex items-baseline gap-1.5", spoken.role === "advisory" && "text-ink-3")}
                      >
                        <Mark
                          shape={spoken.role === "owner" ? "square" : spoken.role === "agrees" ? "check" : "ring"}
                          className={cn(
                            "size-2.5 translate-y-px",
                            spoken.role === "advisory" ? "text-late" : "text-ok",
                          )}
                        />
                        <span className="min-w-0 flex-1">
                          <span title={feed ? CLASS_WORD[feed.class] : undefined}>
                            {spoken.feedId === PEOPLE.feedId ? PEOPLE.name : (feed?.name ?? `Feed ${spoken.feedId}`)}
                          </span>
                          {spoken.role === "owner" ? <span className="text-ink-3"> decides</span> : null}
                          {spoken.role === "advisory" ? (
                            <span className="break-words">
                              {" says "}
                              <span className="text-late">
                                {valueInWords(row.attribute, spoken.value) || "nothing"}
                              </span>
                            </span>
                          ) : null}
                        </span>
                        <Time at={spoken.atMs} className="text-ink-3 text-xs" />
                      </li>
                    );
                  })}
                </ul>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
