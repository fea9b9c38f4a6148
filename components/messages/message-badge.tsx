import { Badge } from "@/components/ui/badge";
import type { MessageStatus } from "@/core/messages/filter";
import { MESSAGE_LOOK } from "./words";

export function MessageBadge({
  status,
  problems = 0,
  filled,
}: {
  status: MessageStatus;
  problems?: number;
  filled?: boolean;
}) {
  if (status === "interpreted" && problems > 0)
    return (
      <Badge tone="late" shape="half" filled={filled}>
        Read in part
      </Badge>
    );
  const look = MESSAGE_LOOK[status];
  return (
    <Badge tone={look.tone} shape={look.shape} filled={filled}>
      {look.word}
    </Badge>
  );
}
