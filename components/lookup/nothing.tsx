"use client";
import { EmptyState } from "@/components/ui/empty-state";
import type { LookupResult } from "./rows";

const MOST_SHOWN = 8;

/** Nothing was found: what was looked for, and what may help. */
export function Nothing({ result: { keys, contactsRefused } }: { result: LookupResult }) {
  const numbers = keys.numbers.slice(0, MOST_SHOWN);
  const people = [...keys.emails, ...keys.phones];
  const looked = numbers.length + people.length > 0 || keys.shipmentId !== null;
  return (
    <EmptyState title={looked ? "Nothing carries this" : "There is no number or address in this"}>
      {looked ? (
        <>
          <p>Looked for:</p>
          <ul className="my-1 list-disc pl-5">
            {numbers.map((number) => (
              <li key={number.value}>
                <code className="font-mono text-xs">{number.value}</code>
                {number.looks ? <span className="text-ink-3"> looks like: {number.looks}</span> : null}
              </li>
            ))}
            {keys.numbers.length > numbers.length ? (
              <li>and {keys.numbers.length - numbers.length} more numbers</li>
            ) : null}
            {contactsRefused
              ? null
              : people.map((one) => (
                  <li key={one} className="break-all">
                    {one}
                  </li>
                ))}
          </ul>
        </>
      ) : null}
      {contactsRefused ? <p>Searching by e-mail address or telephone number needs the right lookup:contacts.</p> : null}
      {keys.cut ? <p>Only the first part of the text was read.</p> : null}
      <p className="mt-2">What may help:</p>
      <ul className="list-disc pl-5">
        <li>Ask for the order number as it stands in the confirmation, or the number on the label.</li>
        <li>
          Look the customer up in Odoo and paste the name of the order or transfer, such as S00042 or WH/OUT/00042.
        </li>
        <li>
          An e-mail address or telephone number is found only as it stands at the customer or delivery address in Odoo.
        </li>
        <li>A very new order appears here within a minute of its confirmation.</li>
      </ul>
    </EmptyState>
  );
}
