"use client";
import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "@/components/providers";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toaster";
import { compose, problemOf, type Values } from "@/core/notices/template";

/** What a customer would read, on a recent shipment; and a sample of it to whoever looks. */
export function NoticePreview({
  words,
  company,
  zone,
  values,
  shipment,
  from,
}: {
  words: { subject: string; body: string };
  company: string;
  zone: string;
  values: Values;
  shipment: string | null;
  from: string | null;
}) {
  const trpc = useTRPC();
  const sample = useMutation(
    trpc.notices.sendSample.mutationOptions({
      onSuccess: ({ address }) => toast.success(`Sent to ${address}`),
      onError: (error) => toast.error(error.message),
    }),
  );
  const problem = problemOf(words.subject) ?? problemOf(words.body);
  const { subject, text } = compose(words, values);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="text-ink-3 text-xs">
        {shipment ? `Preview with shipment ${shipment}, as it is now` : "Preview with a made-up shipment"}
      </div>
      <article aria-label="Preview" className="rounded-lg border border-line bg-surface p-4">
        <p className="text-ink-3 text-xs">From: {from ?? "no mail server is set"}</p>
        <h3 className="mt-1 mb-3 break-words font-semibold">{subject || "(no subject)"}</h3>
        <p className="whitespace-pre-wrap break-words text-ink-2">{text || "(no text)"}</p>
      </article>
      <span>
        <Button
          busy={sample.isPending}
          disabled={from === null || problem !== null || words.subject === "" || words.body === ""}
          onClick={() => sample.mutate({ company, zone, subject: words.subject, body: words.body })}
        >
          Send me a sample
        </Button>
      </span>
    </div>
  );
}
