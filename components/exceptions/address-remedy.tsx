"use client";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { Field, Input } from "@/components/ui/input";
import { Section } from "@/components/ui/side-panel";
import { SkeletonLines } from "@/components/ui/skeleton";
import type { PostalAddress } from "@/core/shipments/address";
import { Correction } from "./correction";
import type { ExceptionDetail } from "./rows";

const ROLE_WORD = { order: "Order", label: "Label", delivery: "Delivery" } as const;
const PARTS = [
  ["name", "Name"],
  ["street", "Street"],
  ["street2", "Addition"],
  ["zip", "Postcode"],
  ["city", "Town"],
  ["state", "State"],
  ["country", "Country (code)"],
] as const satisfies readonly (readonly [keyof PostalAddress, string])[];

/** The addresses of order, label and delivery side by side; one of them, corrected where needed, is what counts from then on. */
export function AddressRemedy({ exception }: { exception: ExceptionDetail }) {
  const trpc = useTRPC();
  const may = useMay("shipments:correct");
  const { shipmentId } = exception;
  const sources = useQuery({
    ...trpc.shipments.sources.queryOptions({ shipmentId: shipmentId ?? "", what: "address" }),
    enabled: may && shipmentId !== null,
  });
  const [draft, setDraft] = useState<PostalAddress | null>(null);
  const [takingBack, setTakingBack] = useState(false);
  const settled = useDeferredValue(draft);
  if (!shipmentId) return null;
  if (!may)
    return (
      <Section title="Correct the address">
        <p className="text-ink-3">The addresses are shown to who may correct them (shipments:correct).</p>
      </Section>
    );
  const { addresses = [], decision = null } = sources.data ?? {};
  return (
    <Section title="Correct the address">
      <div className="flex flex-col gap-3">
        {sources.isPending ? (
          <SkeletonLines lines={5} />
        ) : sources.error ? (
          <p className="text-broken">{sources.error.message}</p>
        ) : addresses.length === 0 ? (
          <p className="text-ink-2">No source tells an address of this shipment; write the right one below.</p>
        ) : (
          <SideBySide addresses={addresses} onTake={(address) => setDraft(address)} />
        )}
        {decision !== null ? (
          <p className="flex flex-wrap items-center gap-2 text-ink-2">
            A person's address counts for the delivery.
            <Button size="sm" onClick={() => setTakingBack(!takingBack)}>
              Take it back
            </Button>
          </p>
        ) : null}
        {takingBack ? (
          <Correction
            shipmentId={shipmentId}
            decided={{ what: "address", takeBack: true }}
            button="Take the decision back"
            onDone={() => setTakingBack(false)}
          />
        ) : draft ? (
          <>
            <Form draft={draft} onChange={setDraft} />
            <Correction
              shipmentId={shipmentId}
              decided={settled ? { what: "address", address: settled } : null}
              button="This address is right"
              onDone={() => setDraft(null)}
            />
          </>
        ) : (
          <div>
            <Button onClick={() => setDraft(addresses[0]?.address ?? BLANK)}>
              {addresses.length === 0 ? "Write the address" : "Edit an address"}
            </Button>
          </div>
        )}
        <p className="text-ink-3 text-xs">
          Odoo is told by an activity on the transfer, for a person: the address stands on a contact that other orders
          share. The activity is closed when Odoo holds the address. A label that is printed already has to be made
          anew.
        </p>
      </div>
    </Section>
  );
}

const BLANK: PostalAddress = {
  name: null,
  street: null,
  street2: null,
  city: null,
  zip: null,
  state: null,
  country: null,
};

type Source = {
  role: keyof typeof ROLE_WORD;
  feed: string;
  feedClass: string;
  address: PostalAddress;
  fault: string | null;
  suggestion: string | null;
  ruledOut: boolean;
};

function SideBySide({ addresses, onTake }: { addresses: readonly Source[]; onTake: (address: PostalAddress) => void }) {
  const differs = (part: keyof PostalAddress) => {
    const said = new Set(addresses.map(({ address }) => (address[part] ?? "").toUpperCase().replace(/[\s-]/g, "")));
    said.delete("");
    return said.size > 1;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keys
    <div tabIndex={0} className="overflow-x-auto rounded-md border border-line">
      <table className="w-full min-w-[420px] text-sm">
        <caption className="sr-only">Addresses by what they were told for</caption>
        <thead>
          <tr className="text-left text-ink-3 text-xs">
            <th scope="col" className="px-2 py-1.5 font-normal">
              <span className="sr-only">Part</span>
            </th>
            {addresses.map(({ role, feed, feedClass, ruledOut }) => (
              <th
                key={`${role} ${feed}`}
                scope="col"
                className="border-line border-l px-2 py-1.5 align-top font-normal"
              >
                <span className="font-medium text-ink-2">{feedClass === "person" ? "Decided" : ROLE_WORD[role]}</span>
                <span className="block">{feed}</span>
                {ruledOut ? <span className="block">ruled out</span> : null}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {PARTS.filter(([part]) => addresses.some(({ address }) => address[part])).map(([part, word]) => (
            <tr key={part} className="border-line border-t align-top">
              <th scope="row" className="px-2 py-1 text-left font-normal text-ink-2">
                {word}
              </th>
              {addresses.map(({ role, feed, address, fault, suggestion }) => (
                <td
                  key={`${role} ${feed}`}
                  className={cn(
                    "break-words border-line border-l px-2 py-1",
                    differs(part) && "bg-medium-soft font-medium",
                  )}
                >
                  {address[part] ?? <span className="text-ink-3">–</span>}
                  {part === "zip" && fault ? (
                    <span className="block font-normal text-broken text-xs">
                      no postcode of {address.country}
                      {suggestion ? (
                        <>
                          {", perhaps "}
                          <button
                            type="button"
                            className="font-mono text-accent underline underline-offset-2"
                            onClick={() => onTake({ ...address, zip: suggestion })}
                          >
                            {suggestion}
                          </button>
                        </>
                      ) : null}
                    </span>
                  ) : null}
                </td>
              ))}
            </tr>
          ))}
          <tr className="border-line border-t">
            <td className="px-2 py-1">
              {PARTS.some(([part]) => differs(part)) ? (
                <Badge tone="late" shape="diamond">
                  Differs
                </Badge>
              ) : null}
            </td>
            {addresses.map(({ role, feed, feedClass, address }) => (
              <td key={`${role} ${feed}`} className="border-line border-l px-2 py-1">
                {feedClass === "person" ? null : (
                  <Button
                    size="sm"
                    onClick={() => onTake(address)}
                    aria-label={`Use the address of the ${ROLE_WORD[role].toLowerCase()} from ${feed}`}
                  >
                    Use this
                  </Button>
                )}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
}

function Form({ draft, onChange }: { draft: PostalAddress; onChange: (address: PostalAddress) => void }) {
  return (
    <div className="grid grid-cols-2 gap-x-3 gap-y-2">
      {PARTS.map(([part, word]) => (
        <Field key={part} label={word} className={part === "street" || part === "name" ? "col-span-2" : ""}>
          {(control) => (
            <Input
              {...control}
              value={draft[part] ?? ""}
              maxLength={200}
              autoComplete="off"
              onChange={(event) =>
                onChange({ ...draft, [part]: event.target.value === "" ? null : event.target.value })
              }
            />
          )}
        </Field>
      ))}
    </div>
  );
}
