import { Badge } from "@/components/ui/badge";
import type { NoticeState } from "@/core/notices/occasions";
import { NOTICE_STATE_WORD } from "@/core/notices/words";

const LOOK = {
  planned: { tone: "open", shape: "ring" },
  sent: { tone: "ok", shape: "check" },
  suppressed: { tone: "idle", shape: "dash" },
  failed: { tone: "broken", shape: "ring" },
  given_up: { tone: "late", shape: "dash" },
} as const;

/** What became of a message to a customer. */
export function NoticeBadge({ state }: { state: NoticeState }) {
  return <Badge {...LOOK[state]}>{NOTICE_STATE_WORD[state]}</Badge>;
}
