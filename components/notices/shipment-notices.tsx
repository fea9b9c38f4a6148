import type { ShipmentDetail } from "@/components/shipments/rows";
import { Time } from "@/components/ui/time";
import { NOTICE_REASON_WORD, OCCASION_WORD } from "@/core/notices/words";
import { NoticeBadge } from "./notice-badge";

/** What the customer of a shipment was told, when, or why not. */
export function ShipmentNotices({ notices }: Pick<ShipmentDetail, "notices">) {
  if (notices.length === 0)
    return <p className="text-ink-3">Nothing: no occasion came since customers are told of it.</p>;
  return (
    <ul className="flex flex-col">
      {notices.map((notice) => (
        <li
          key={`${notice.shipmentId} ${notice.occasion}`}
          className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-2 border-line border-b py-1.5 last:border-b-0"
        >
          <span>{OCCASION_WORD[notice.occasion]}</span>
          <NoticeBadge state={notice.state} />
          <span className="min-w-0 text-ink-3 text-xs">
            {notice.reason ? `${NOTICE_REASON_WORD[notice.reason]}. ` : null}
            {notice.address ? <span className="break-all">{notice.address}</span> : null}
          </span>
          <Time at={notice.endedAt ?? notice.dueAt} className="whitespace-nowrap text-right text-ink-3 text-xs" />
        </li>
      ))}
    </ul>
  );
}
