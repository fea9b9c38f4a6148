"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/providers";
import { useMay } from "@/components/shell/viewer";
import { Button } from "@/components/ui/button";
import { Section } from "@/components/ui/side-panel";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toaster";
import { type ExceptionDetail, useRefreshRows } from "./rows";

/** What was decided about two shipments that may be one, and the way back. */
export function PairUndo({ exception }: { exception: ExceptionDetail }) {
  const trpc = useTRPC();
  const refresh = useRefreshRows();
  const mayLink = useMay("shipments:link");
  const explained = useQuery(trpc.exceptions.explain.queryOptions({ id: exception.id }));
  const after = (words: string) => ({
    onSuccess: () => {
      toast.success(words);
      void explained.refetch();
      refresh([], {});
    },
    onError: (error: { message: string }) => toast.error(error.message),
  });
  const apart = useMutation(trpc.shipments.reconsider.mutationOptions(after("They are asked about again")));
  const merged = useMutation(trpc.shipments.unlink.mutationOptions(after("They are two shipments again")));
  const decision = explained.data?.pair?.decision;
  const [one, other] = pairOf(exception);
  if (!decision || !one || !other || (decision.kind !== "linked" && decision.kind !== "kept_apart")) return null;
  const why = "Taken back on the exception";
  return (
    <Section title="One shipment or two">
      <p>
        {decision.kind === "linked" ? "Merged" : "Kept apart"} by {decision.byName ?? "Waypost"}{" "}
        <Time at={decision.at} />: {decision.why}
      </p>
      {mayLink ? (
        <div className="pt-2">
          {decision.kind === "linked" ? (
            <Button
              size="sm"
              busy={merged.isPending}
              onClick={() => merged.mutate({ shipmentId: decision.memberId, why })}
            >
              Undo the merge
            </Button>
          ) : (
            <Button
              size="sm"
              busy={apart.isPending}
              onClick={() => apart.mutate({ shipmentId: one, headId: other, why })}
            >
              Undo keeping apart
            </Button>
          )}
        </div>
      ) : null}
    </Section>
  );
}

function pairOf({ homeId, subject }: ExceptionDetail): [string, string | undefined] {
  return [homeId, subject.startsWith("pair:") ? subject.slice("pair:".length) : undefined];
}
