import { Badge } from "@/components/ui/badge";
import type { PostingState } from "@/core/postings/kinds";
import { POSTING_LOOK } from "./words";

export function PostingBadge({ state, filled }: { state: PostingState; filled?: boolean }) {
  const look = POSTING_LOOK[state];
  return (
    <Badge tone={look.tone} shape={look.shape} filled={filled}>
      {look.word}
    </Badge>
  );
}
