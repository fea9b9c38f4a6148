"use client";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTRPC } from "@/components/providers";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toaster";

type Proposal = { feed: string; word: string; to: string | null };

/** Tries a meaning on a copy of the shipments it touches; the page of that run shows every record before and after, and offers to do exactly that. */
export function TryIt({ proposal }: { proposal: Proposal }) {
  const trpc = useTRPC();
  const router = useRouter();
  const shadow = useMutation(
    trpc.messages.shadow.mutationOptions({
      onSuccess: (run) => router.push(`/runs/${run.id}`),
      onError: (error) => toast.error(error.message),
    }),
  );
  const { feed, word, to } = proposal;
  return (
    <Button
      busy={shadow.isPending}
      title="Shows every record it would change, here and in Odoo; changes nothing yet"
      onClick={() =>
        shadow.mutate({ scope: { feed, word }, mapping: "current", proposal: { feed, kind: "status", word, to } })
      }
    >
      Try it on a copy
    </Button>
  );
}
