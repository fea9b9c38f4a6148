"use client";
import { useMutation } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTRPC } from "@/components/providers";
import { SkeletonLines } from "@/components/ui/skeleton";
import { CsvMapping, LayoutFacts } from "./csv-mapping";
import { PreviewResult } from "./preview-result";
import type { Layout, Mapping } from "./rows";
import { type SampleFile, SampleInput } from "./sample-file";
import type { ADAPTER_USUAL } from "./words";

/** A sample, how it is written, what its columns give, and what is made of it; read again as the mapping changes. */
export function Trial({
  adapter,
  feedId = null,
  sample,
  onSample,
  zone,
  mapping,
  layout,
  onLayout,
  onMapping,
}: {
  adapter: keyof typeof ADAPTER_USUAL;
  feedId?: number | null;
  sample: SampleFile | null;
  onSample: (sample: SampleFile) => void;
  zone: string | null;
  mapping: Mapping | null;
  layout: Layout | null;
  onLayout: (layout: Layout | null) => void;
  onMapping: (mapping: Mapping) => void;
}) {
  const trpc = useTRPC();
  const { mutate, data, error, isPending } = useMutation(trpc.feeds.preview.mutationOptions());
  const asked = sample ? JSON.stringify([sample.name, sample.base64.length, zone, mapping]) : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked` names all that the answer depends on
  useEffect(() => {
    if (!sample) return;
    const timer = setTimeout(
      () =>
        mutate(
          {
            adapter,
            feedId,
            zone,
            name: sample.name,
            body: sample.base64,
            settings: adapter === "csv" && mapping ? ({ mapping } as never) : {},
          },
          {
            onSuccess: (found) => {
              if (layout === null) onLayout(found.layout);
            },
          },
        ),
      mapping === null ? 0 : 400,
    );
    return () => clearTimeout(timer);
  }, [asked, adapter, feedId]);
  return (
    <div className="flex flex-col gap-3">
      <SampleInput
        sample={sample}
        onSample={(next) => {
          onLayout(null);
          onSample(next);
        }}
      />
      {error ? <p className="text-broken">{error.message}</p> : null}
      {layout ? <LayoutFacts layout={layout} /> : null}
      {adapter === "csv" && mapping ? <CsvMapping layout={layout} mapping={mapping} onChange={onMapping} /> : null}
      {data ? (
        <div className={isPending ? "opacity-60" : undefined} aria-busy={isPending}>
          <h3 className="mb-1 font-semibold text-sm">What would be read</h3>
          <PreviewResult preview={data} />
        </div>
      ) : isPending ? (
        <SkeletonLines lines={4} />
      ) : null}
    </div>
  );
}
