"use client";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/providers";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Textarea } from "@/components/ui/input";
import { formatMoney } from "@/components/ui/money";
import { SkeletonLines } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toaster";
import { answerable, type FreightAct } from "@/core/freight/acts";
import { fromMinor, toMinor } from "@/core/money";
import type { DesiredPosting } from "@/core/postings/desired";
import type { BillDetail } from "./rows";
import { ACT_DONE, ACT_WORD } from "./words";

const CONSEQUENCE: Readonly<Record<FreightAct, string>> = {
  approve: "It becomes a draft bill in Odoo; somebody in accounting posts it.",
  short_pay:
    "It becomes a draft bill in Odoo over what you pay; the rest stands on a line of its own with your reason.",
  dispute: "It stays here, disputed. Nothing goes to Odoo.",
  reject: "It ends here. Nothing goes to Odoo; it can be opened again.",
  reopen: "It is to be decided again, and checked again first.",
};

/** Asks for a decision with its reason, and shows what Odoo will get before it is given. */
export function DecideDialog({
  bill,
  act,
  needsTwo,
  onClose,
  onDone,
  onRefused,
}: {
  bill: BillDetail["bill"];
  act: FreightAct;
  needsTwo: boolean;
  onClose: () => void;
  onDone: () => void;
  /** The bill may be another one than was shown. */
  onRefused: () => void;
}) {
  const trpc = useTRPC();
  const currency = bill.currency ?? "";
  const expected = bill.expectedMinor ?? bill.billedMinor ?? 0;
  const [reason, setReason] = useState("");
  const [pay, setPay] = useState(currency ? fromMinor(expected, currency) : "");
  const pays = act === "approve" || act === "short_pay";
  const payMinor = act === "short_pay" ? toMinor(pay.trim(), currency) : act === "approve" ? bill.payMinor : null;
  const payWrong =
    act === "short_pay" && (payMinor === null || payMinor <= 0 || payMinor >= (bill.billedMinor ?? 0))
      ? `An amount above nothing and below ${bill.billedMinor === null ? "what is billed" : formatMoney(bill.billedMinor, currency)}.`
      : null;
  const against = answerable(bill.objections);
  // the first person's reason answers what that one saw, and nothing that was found since
  const first = bill.acts.find((one) => one.toState === "second");
  const given =
    bill.state === "second" && (bill.reason ?? "") !== "" && against.every(({ text }) => first?.against.includes(text));
  const needsReason = act === "approve" ? against.length > 0 && !given : act !== "reopen";
  const preview = useQuery({
    ...trpc.freight.preview.queryOptions({ id: bill.id, payMinor }),
    enabled: pays && payWrong === null,
    placeholderData: keepPreviousData,
  });
  const decide = useMutation(
    trpc.freight.decide.mutationOptions({
      onSuccess: (done) => {
        toast.success(
          done.state === "second"
            ? `${bill.number} is approved once; a second person has to approve it.`
            : `${bill.number} is ${ACT_DONE[act]}${done.held ? "; its posting waits" : ""}.`,
        );
        onDone();
      },
      onError: onRefused,
    }),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`${ACT_WORD[act]} ${bill.number}`}
      description={
        pays && needsTwo && bill.state !== "second"
          ? "Yours is the first of two approvals: nothing goes to Odoo until a second person approves."
          : CONSEQUENCE[act]
      }
      footer={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            variant="primary"
            busy={decide.isPending}
            disabled={payWrong !== null || (needsReason && reason.trim().length < 3) || !!preview.data?.refused}
            onClick={() =>
              decide.mutate({
                id: bill.id,
                version: bill.version,
                act,
                reason,
                payMinor: act === "short_pay" ? payMinor : null,
              })
            }
          >
            {ACT_WORD[act]}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {act === "approve" && against.length > 0 ? (
          <ul className="list-disc pl-4 text-ink-2">
            {against.map((objection) => (
              <li key={objection.text}>{objection.text}</li>
            ))}
          </ul>
        ) : null}
        {act === "short_pay" ? (
          <Field label={`Amount to pay, ${currency}`} error={payWrong}>
            {(control) => (
              <Input
                {...control}
                inputMode="decimal"
                className="w-40 text-right"
                value={pay}
                onChange={(event) => setPay(event.target.value)}
              />
            )}
          </Field>
        ) : null}
        {act === "reopen" ? null : (
          <Field label={needsReason ? "Reason" : "Reason, if there is one"}>
            {(control) => (
              <Textarea
                {...control}
                maxLength={500}
                value={reason}
                onChange={(event) => setReason(event.target.value)}
              />
            )}
          </Field>
        )}
        {pays && payWrong === null ? (
          preview.data?.refused ? (
            <p role="alert" className="text-broken">
              {preview.data.refused}
            </p>
          ) : preview.data?.desired ? (
            <InOdoo desired={preview.data.desired} held={preview.data.held} />
          ) : (
            <SkeletonLines lines={4} />
          )
        ) : null}
        {decide.error ? (
          <p role="alert" className="text-broken">
            {decide.error.message}
          </p>
        ) : null}
      </div>
    </Dialog>
  );
}

/** The bill as Odoo will get it. */
function InOdoo({ desired, held }: { desired: DesiredPosting; held: string | null }) {
  if (desired.kind !== "vendor_bill" && desired.kind !== "vendor_credit") return null;
  return (
    <section aria-label="What Odoo will get" className="rounded-md border border-line">
      <h3 className="border-line border-b px-3 py-1.5 text-ink-2 text-xs">
        {desired.kind === "vendor_bill" ? "Draft bill" : "Draft credit"} in Odoo, partner {desired.partnerId}, reference{" "}
        {desired.reference}
      </h3>
      <table className="w-full">
        <tbody>
          {desired.lines.map((line) => (
            <tr key={line.name} className="border-line border-b">
              <td className="px-3 py-1">{line.label}</td>
              <td className="px-3 py-1 text-right">{line.amount}</td>
            </tr>
          ))}
          <tr>
            <th scope="row" className="px-3 py-1 text-left font-medium">
              Total
            </th>
            <td className="px-3 py-1 text-right font-medium">
              {desired.currency} {desired.total}
            </td>
          </tr>
        </tbody>
      </table>
      <p className="border-line border-t px-3 py-1.5 text-ink-3 text-xs">
        {desired.document
          ? `With ${desired.document.fileName} attached.`
          : "Without its original, which is no longer kept."}
        {held ? " It waits first: this kind is held on the connection." : ""}
      </p>
    </section>
  );
}
