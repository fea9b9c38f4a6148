"use client";
import type { inferRouterOutputs } from "@trpc/server";
import Link from "next/link";
import { inWords as valueWords } from "@/components/diff/diff";
import { formatCount } from "@/components/ui/number";
import type { AppRouter } from "@/server/api/root";
import { fieldWord, inWords } from "./ownership-words";

type Preview = inferRouterOutputs<AppRouter>["settings"]["previewOwnership"];

const count = (n: number, one: string, many: string) => `${formatCount(n)} ${n === 1 ? one : many}`;

/** What saving would change: how many values of how many shipments, what opens, closes and goes to Odoo, and examples. */
export function OwnershipPreview({ preview }: { preview: Preview }) {
  const { looked, more, shipments, values, opens, closes, postings, samples, fields } = preview;
  const scope = more ? `the newest ${formatCount(looked)} shipments` : count(looked, "shipment", "shipments");
  return (
    <div className="flex flex-col gap-2">
      <p>
        {shipments === 0 ? (
          <>
            Nothing changes on {scope} that tell {fields.length === 1 ? "this field" : "these fields"}; it holds for
            messages from now on.
          </>
        ) : (
          <>
            Changes <b>{count(values, "value", "values")}</b> of <b>{count(shipments, "shipment", "shipments")}</b>, out
            of {scope} looked at. {opens > 0 ? `Opens ${count(opens, "exception", "exceptions")}. ` : ""}
            {closes > 0 ? `Closes ${count(closes, "exception", "exceptions")}. ` : ""}
            {postings > 0
              ? `Plans ${count(postings, "posting", "postings")} to Odoo, by the rules of the connection. `
              : ""}
            Nothing has changed yet.
          </>
        )}
        {more ? " Older ones follow the same rule when they are judged." : ""}
      </p>
      {samples.length > 0 ? (
        <div className="max-h-52 overflow-auto rounded-md border border-line">
          <table className="w-full min-w-[560px] table-fixed text-sm">
            <thead>
              <tr className="text-left text-ink-3 text-xs">
                <th scope="col" className="w-[22%] px-2 py-1 font-normal">
                  Shipment
                </th>
                <th scope="col" className="w-[20%] px-2 py-1 font-normal">
                  Field
                </th>
                <th scope="col" className="px-2 py-1 font-normal">
                  Counts now
                </th>
                <th scope="col" className="px-2 py-1 font-normal">
                  Would count
                </th>
              </tr>
            </thead>
            <tbody>
              {samples.map((one) => (
                <tr key={`${one.shipmentId} ${one.field}`} className="border-line border-t align-top">
                  <td className="truncate px-2 py-1">
                    <Link href={`/shipments/${one.shipmentId}`} className="underline-offset-2 hover:underline">
                      {one.shipment}
                    </Link>
                  </td>
                  <td className="px-2 py-1">{fieldWord(one.field)}</td>
                  <Side side={one.before} />
                  <Side side={one.after} />
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </div>
  );
}

function Side({ side }: { side: Preview["samples"][number]["before"] }) {
  return (
    <td className="break-words px-2 py-1">
      {side ? (
        <>
          {typeof side.value === "string" ? side.value : valueWords(side.value)}
          <span className="block text-ink-3 text-xs">
            {[side.feed, inWords(side.class)].filter(Boolean).join(", ")}
          </span>
        </>
      ) : (
        <span className="text-ink-3">–</span>
      )}
    </td>
  );
}
