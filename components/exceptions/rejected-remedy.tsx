"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { OdooRecord } from "@/components/odoo/odoo-record";
import { useTRPC } from "@/components/providers";
import { Badge } from "@/components/ui/badge";
import { Fact, Facts, Section } from "@/components/ui/side-panel";
import { REFUSAL_WORDS, refusalOf } from "@/core/postings/advice";
import type { PostingKind } from "@/core/postings/kinds";
import { RepostRemedy } from "./repost-remedy";
import type { ExceptionDetail, Explained } from "./rows";
import { TrackingRemedy } from "./tracking-remedy";
import { sentence } from "./words";

type Posting = Explained["postings"][number];

/** What Odoo refused, in its own words, which field and record it is about, what to do step by step, another value where there is one, and the repost. */
export function RejectedRemedy({ exception }: { exception: ExceptionDetail }) {
  const trpc = useTRPC();
  const explained = useQuery(trpc.exceptions.explain.queryOptions({ id: exception.id }));
  const posting = explained.data?.postings.find((one) => one.key === exception.postingKey) ?? null;
  const said = saidIn(exception);
  const sort = refusalOf({ failure: said.failure, reason: said.reason ?? "" });
  const { title, steps } = REFUSAL_WORDS[sort ?? "ours"];
  return (
    <>
      <Section title="What Odoo says">
        <div className="flex flex-col gap-3">
          <blockquote className="break-words border-broken border-l-2 pl-2">
            {said.reason ?? posting?.lastReason ?? exception.text}
          </blockquote>
          <Facts>
            <Fact name="What is wrong">
              <Badge tone="broken" shape="cross">
                {title}
              </Badge>
            </Fact>
            <Fact name="Field">
              {said.field ? (
                <code className="font-mono text-[12px]">{said.field}</code>
              ) : (
                <span className="text-ink-3">Odoo names none</span>
              )}
            </Fact>
            {posting ? (
              <>
                <Fact name="Record">
                  <OdooRecord
                    link={posting.link}
                    name={posting.recordName ?? `${posting.recordModel} ${posting.recordId}`}
                  />
                  <span className="text-ink-3"> in {posting.connection}</span>
                </Fact>
                <Fact name="Posting">
                  <Link href={`/postings?id=${posting.id}`} className="text-accent underline-offset-2 hover:underline">
                    {sentence(posting.kind)}
                  </Link>
                  <span className="text-ink-3">
                    {" "}
                    and {posting.attempts === 1 ? "its attempt" : `its ${posting.attempts} attempts`}
                  </span>
                </Fact>
              </>
            ) : null}
          </Facts>
        </div>
      </Section>
      <Section title="How to mend it">
        <ol className="flex list-decimal flex-col gap-1 pl-5 marker:text-ink-3">
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </Section>
      {posting ? <Value exception={exception} posting={posting} /> : null}
      <RepostRemedy exception={exception} />
    </>
  );
}

/** Where the value itself is what Odoo does not take, and can be another. */
function Value({ exception, posting }: { exception: ExceptionDetail; posting: Posting }) {
  const kind = posting.kind as PostingKind;
  if (kind === "tracking_number") return <TrackingRemedy exception={exception} whereSeveral />;
  const where = valueFrom(kind, exception, posting);
  if (where === null) return null;
  return (
    <Section title="Is the value wrong?">
      <p>
        {where.text}{" "}
        <Link href={where.href} className="text-accent underline-offset-2 hover:underline">
          {where.link}
        </Link>
      </p>
    </Section>
  );
}

function valueFrom(kind: PostingKind, { shipmentId }: ExceptionDetail, { invoiceId }: Posting) {
  if (invoiceId !== null)
    return {
      text: "Carrier, amounts and dates come from the freight bill; partner and products from the freight settings.",
      href: `/freight?tab=all&id=${invoiceId}`,
      link: "Open the bill",
    };
  if (shipmentId === null) return null;
  if (kind === "transfer_validated" || kind === "return_transfer")
    return {
      text: "The quantities are those that the sources told. A corrected message of the source changes them, and the posting with them.",
      href: `/shipments/${shipmentId}`,
      link: "See who says what",
    };
  if (kind === "status_field")
    return {
      text: "The field and its words are set for the connection.",
      href: "/settings/odoo",
      link: "Open the connection",
    };
  return null;
}

function saidIn({ evidence }: ExceptionDetail): {
  reason: string | null;
  field: string | null;
  failure: string | null;
} {
  const said = typeof evidence === "object" && evidence !== null && !Array.isArray(evidence) ? evidence : {};
  const text = (name: string) => (typeof said[name] === "string" ? said[name] : null);
  return { reason: text("reason"), field: text("field"), failure: text("failure") };
}
