import { REFERENCE_WORD, sentence } from "@/components/shipments/words";
import { formatCount } from "@/components/ui/number";
import type { Preview } from "./rows";

/** The first freight bills of a sample: number, carrier, total, and each charge as it was written. */
export function PreviewBills({ bills, count }: { bills: Preview["bills"]; count: number }) {
  return (
    <div className="max-h-80 overflow-auto rounded-md border border-line">
      <table className="w-full min-w-[520px] table-fixed text-sm">
        <caption className="sr-only">
          {formatCount(bills.length)} of {formatCount(count)} bills
        </caption>
        <thead>
          <tr className="sticky top-0 bg-surface text-left text-ink-3 text-xs">
            <th scope="col" className="w-[17%] px-2 py-1.5 font-normal">
              At
            </th>
            <th scope="col" className="w-[36%] px-2 py-1.5 font-normal">
              Bill
            </th>
            <th scope="col" className="px-2 py-1.5 font-normal">
              Charges
            </th>
          </tr>
        </thead>
        <tbody>
          {bills.map((bill) => (
            <tr key={`${bill.at} ${bill.number}`} className="border-line border-t align-top">
              <td className="break-words px-2 py-1.5 text-ink-3">{bill.at}</td>
              <td className="px-2 py-1.5">
                <span className="block truncate font-medium">{bill.number}</span>
                <span className="block truncate text-ink-2">
                  {bill.vendor ?? "no carrier named"}
                  {bill.kind === "credit" ? ", a credit" : ""}
                  {bill.date === null ? "" : `, ${bill.date}`}
                </span>
                <span className="block tabular-nums">
                  {bill.total ?? "no total"} {bill.currency ?? "in no named currency"}
                </span>
                <Numbers references={bill.references} />
              </td>
              <td className="px-2 py-1.5">
                {bill.lines.slice(0, 12).map((line, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: charges of a sample have no name of their own
                  <span key={index} className="block">
                    <span className="flex items-baseline justify-between gap-2">
                      <span className="truncate">{line.code ?? line.description ?? "Freight"}</span>
                      <span className="shrink-0 tabular-nums">{line.amount}</span>
                    </span>
                    <Numbers references={line.references} />
                  </span>
                ))}
                {bill.lines.length > 12 ? (
                  <span className="text-ink-3 text-xs">{formatCount(bill.lines.length - 12)} more</span>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Numbers({ references }: { references: Preview["bills"][number]["references"] }) {
  return references.slice(0, 4).map((reference) => (
    <span key={`${reference.kind} ${reference.value}`} className="block truncate">
      <span className="font-mono text-[12px]">{reference.said}</span>{" "}
      <span className="text-ink-3 text-xs">{REFERENCE_WORD[reference.kind] ?? sentence(reference.kind)}</span>
    </span>
  ));
}
