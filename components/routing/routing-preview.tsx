"use client";
import type { inferRouterOutputs } from "@trpc/server";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { formatCount } from "@/components/ui/number";
import type { AppRouter } from "@/server/api/root";
import { type Named, placeWords, reasonWords } from "./route-words";

type Preview = inferRouterOutputs<AppRouter>["settings"]["previewRouting"];
export type Untaken = Preview["untaken"][number];

const count = (n: number) => `${formatCount(n)} ${n === 1 ? "shipment" : "shipments"}`;

/** Which open shipments would go where, what no rule takes, and examples of those that would go elsewhere than now. */
export function RoutingPreview({
  preview,
  odoos,
  onAdd,
}: {
  preview: Preview;
  odoos: readonly Named[];
  onAdd: (like: Untaken) => void;
}) {
  const { looked, more, places, none, otherwise, moved, untaken, samples } = preview;
  if (looked > 0 && places.length === 0 && none === 0)
    return <p role="status">All {count(looked)} that are open belong to the one Odoo there is. Nothing has changed.</p>;
  if (looked === 0) return <p role="status">There is no open shipment yet. The rules hold for messages from now on.</p>;
  return (
    <div className="flex flex-col gap-2">
      <p role="status">
        Of {more ? `the newest ${count(looked)}` : count(looked)} that are open,{" "}
        {places
          .map((place) => {
            const linked = place.linked > 0 ? ` (${formatCount(place.linked)} by their transfer)` : "";
            return `${formatCount(place.shipments)} belong to ${placeWords(place, odoos)}${linked}`;
          })
          .join(", ")}
        {places.length > 0 && none > 0 ? ", " : ""}
        {none > 0 ? <b>{formatCount(none)} to none</b> : ""}. <b>{count(moved)}</b> would go elsewhere than now. Nothing
        has changed yet.
      </p>
      {untaken.length > 0 ? (
        <div>
          <h3 className="text-ink-2 text-xs">
            No rule takes{otherwise > 0 ? " (they go to the Odoo for all others)" : ""}
          </h3>
          <ul className="flex flex-col">
            {untaken.map((one) => (
              <li key={untakenWords(one)} className="flex flex-wrap items-center gap-2 border-line border-b py-1">
                <span className="min-w-0 break-words">{untakenWords(one)}</span>
                <span className="text-ink-3 text-xs">{count(one.shipments)}</span>
                {one.warehouse || one.company || one.channel || one.country ? (
                  <Button size="sm" className="ml-auto" onClick={() => onAdd(one)}>
                    Add a rule for it
                  </Button>
                ) : null}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      {samples.length > 0 ? (
        <div className="max-h-52 overflow-auto rounded-md border border-line">
          <table className="w-full min-w-[560px] table-fixed text-sm">
            <thead>
              <tr className="text-left text-ink-3 text-xs">
                <th scope="col" className="w-[26%] px-2 py-1 font-normal">
                  Shipment
                </th>
                <th scope="col" className="w-[22%] px-2 py-1 font-normal">
                  Now
                </th>
                <th scope="col" className="px-2 py-1 font-normal">
                  By these rules
                </th>
              </tr>
            </thead>
            <tbody>
              {samples.map(({ shipmentId, shipment, before, after }) => (
                <tr key={shipmentId} className="border-line border-t align-top">
                  <td className="truncate px-2 py-1">
                    <Link href={`/shipments/${shipmentId}`} className="underline-offset-2 hover:underline">
                      {shipment}
                    </Link>
                  </td>
                  <td className="px-2 py-1">{placeOf(before, odoos)}</td>
                  <td className="px-2 py-1">
                    {placeOf(after, odoos)}
                    <span className="block text-ink-3 text-xs">
                      {after?.unheeded
                        ? `stays with its transfer, though rule "${after.unheeded.rule.name}" says ${placeWords(after.unheeded, odoos)}`
                        : after
                          ? reasonWords(after)
                          : null}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </div>
  );
}

type Route = Preview["samples"][number]["after"];

function placeOf(route: Route, odoos: readonly Named[]): string {
  if (route === null || route.connectionId === null) return "none";
  return placeWords({ connectionId: route.connectionId, companyId: route.companyId }, odoos);
}

function untakenWords({ warehouse, company, channel, country }: Untaken): string {
  const words = Object.entries({ warehouse, company, channel, country }).filter(([, value]) => value !== null);
  if (words.length === 0) return "no warehouse, company, channel or country told";
  return words.map(([field, value]) => `${field} ${value}`).join(", ");
}
