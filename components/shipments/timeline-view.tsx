"use client";
import { type KeyboardEvent, type ReactNode, useMemo } from "react";
import { POSTING_LOOK } from "@/components/postings/words";
import { formatDuration } from "@/components/ui/number";
import { absolute, useZone } from "@/components/ui/time";
import type { PostingState } from "@/core/postings/kinds";
import type { FeedName, PostingOfShipment } from "./rows";
import { axisOf, axisTicks, lanesOf, type SightingMark, stackRows } from "./timeline";
import { useWidth } from "./use-width";
import { CLASS_WORD, isTrouble, sentence } from "./words";

const ROW = 20;
const PAD = 8;
const AXIS = 34;
const GAP = 15;
const LANE = 44;

/** Instant of a posting on the axis: when it was posted, else when it was sent, else when it was asked for. */
function postingAt(posting: PostingOfShipment): number {
  return (posting.verifiedAt ?? posting.postedAt ?? posting.sentAt ?? posting.createdAt).getTime();
}

/**
 * Lanes per system, event time to the right. A whisker leads to the receipt; late marks are hollow, repeated ones stacked, advice is grey,
 * what was taken back is struck through, postings are squares with their state.
 */
export function TimelineView({
  marks,
  postings,
  feeds,
  selected,
  onSelect,
  onPosting,
}: {
  marks: readonly SightingMark[];
  postings: readonly PostingOfShipment[];
  feeds: readonly FeedName[];
  selected: string | null;
  onSelect: (mark: SightingMark) => void;
  onPosting: (posting: PostingOfShipment) => void;
}) {
  const zone = useZone();
  const [box, width] = useWidth<HTMLDivElement>(760);
  const label = width < 560 ? 92 : 132;
  const plot = Math.max(width < 560 ? 420 : 320, width - label - 12);
  const model = useMemo(() => {
    const order = [...feeds]
      .sort((a, b) => LANE_ORDER.indexOf(a.class) - LANE_ORDER.indexOf(b.class))
      .map((feed) => feed.id);
    const lanes = lanesOf(marks, order);
    const timed = lanes.flatMap((lane) => lane.marks);
    const instants = [...timed.map((mark) => mark.atMs ?? 0), ...postings.map(postingAt)];
    if (instants.length === 0) return null;
    const axis = axisOf(
      instants,
      timed.map((mark) => mark.receivedAtMs),
    );
    const x = (atMs: number) => ((atMs - axis.fromMs) / (axis.toMs - axis.fromMs)) * plot;
    let top = AXIS;
    const placed = lanes.map((lane) => {
      const rows = stackRows(
        lane.marks.map((mark) => x(mark.atMs ?? 0)),
        GAP,
      );
      const height = Math.max(LANE, Math.max(1, ...rows.map((row) => row + 1)) * ROW + PAD * 2);
      const at = top;
      top += height;
      return { ...lane, rows, top: at, height };
    });
    const sortedPostings = [...postings].sort((a, b) => postingAt(a) - postingAt(b));
    const postingRows = stackRows(
      sortedPostings.map((posting) => x(postingAt(posting))),
      GAP,
    );
    const postingTop = top;
    const postingHeight =
      sortedPostings.length === 0
        ? 0
        : Math.max(LANE, Math.max(1, ...postingRows.map((row) => row + 1)) * ROW + PAD * 2);
    return {
      axis,
      x,
      lanes: placed,
      postings: sortedPostings,
      postingRows,
      postingTop,
      height: top + postingHeight,
    };
  }, [marks, postings, feeds, plot]);

  if (model === null)
    return (
      <p className="px-4 py-6 text-ink-2">
        No event has a time yet: nothing to draw. The list below has what was told.
      </p>
    );
  const { axis, x, lanes, height } = model;
  const ticks = axisTicks(axis.fromMs, axis.toMs, Math.max(3, Math.floor(plot / 110)), zone);
  const nameOf = (feedId: number) => feeds.find((feed) => feed.id === feedId);

  return (
    <div ref={box} className="overflow-x-auto">
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing whose marks can be pressed; a fieldset cannot be drawn */}
      <svg
        width={label + plot + 12}
        height={height + 4}
        role="group"
        aria-label={`Timeline by system in ${zone}; the list of events below says the same`}
        className="block select-none text-xs"
      >
        <text x={0} y={12} className="fill-ink-3">
          {zone}
        </text>
        {ticks.map((tick) => {
          const [date = "", clock = ""] = absolute(new Date(tick.atMs), zone, false).split(" ");
          return (
            <g key={tick.atMs} transform={`translate(${label + x(tick.atMs)} 0)`}>
              <line y1={AXIS - 4} y2={height} stroke="var(--chart-grid)" />
              <text y={12} textAnchor="middle" className={tick.day ? "fill-ink-2" : "fill-ink-3"}>
                {date.slice(5)}
              </text>
              <text y={25} textAnchor="middle" className="fill-ink-3">
                {clock === "00:00" ? "" : clock}
              </text>
            </g>
          );
        })}
        {lanes.map((lane) => {
          const feed = nameOf(lane.feedId);
          return (
            <g key={lane.feedId} transform={`translate(0 ${lane.top})`}>
              <line x1={0} x2={label + plot + 12} stroke="var(--line)" />
              <LaneLabel
                name={feed?.name ?? `Feed ${lane.feedId}`}
                note={feed ? CLASS_WORD[feed.class] : ""}
                width={label}
              />
              {lane.marks.length === 0 ? (
                <text x={label + 4} y={lane.height / 2 + 4} className="fill-ink-3">
                  told only what others had told before, or gave no time
                </text>
              ) : null}
              {lane.marks.map((mark, i) => (
                <EventMark
                  key={mark.key}
                  mark={mark}
                  x={label + x(mark.atMs ?? 0)}
                  toX={Math.min(label + x(mark.receivedAtMs), label + plot + 8)}
                  cut={mark.receivedAtMs > axis.toMs}
                  y={PAD + (lane.rows[i] ?? 0) * ROW + ROW / 2}
                  selected={mark.key === selected}
                  onSelect={() => onSelect(mark)}
                  words={wordsOf(mark, zone, (id) => nameOf(id)?.name ?? `feed ${id}`)}
                />
              ))}
            </g>
          );
        })}
        {model.postings.length > 0 ? (
          <g transform={`translate(0 ${model.postingTop})`}>
            <line x1={0} x2={label + plot + 12} stroke="var(--line)" />
            <LaneLabel name="To Odoo" note="Postings" width={label} />
            {model.postings.map((posting, i) => (
              <PostingMark
                key={posting.id}
                posting={posting}
                x={label + x(postingAt(posting))}
                y={PAD + (model.postingRows[i] ?? 0) * ROW + ROW / 2}
                onSelect={() => onPosting(posting)}
                zone={zone}
              />
            ))}
          </g>
        ) : null}
        <line x1={0} x2={label + plot + 12} y1={height} y2={height} stroke="var(--line)" />
      </svg>
    </div>
  );
}

const LANE_ORDER = [
  "odoo",
  "marketplace",
  "warehouse",
  "transport",
  "carrier",
  "aggregator",
  "finance",
  "customer_service",
];

function LaneLabel({ name, note, width }: { name: string; note: string; width: number }) {
  return (
    <foreignObject x={0} y={PAD - 3} width={width - 10} height={34}>
      <div className="truncate font-medium text-ink text-xs leading-4" title={name}>
        {name}
      </div>
      <div className="truncate text-ink-3 text-xs leading-4">{note}</div>
    </foreignObject>
  );
}

function wordsOf(mark: SightingMark, zone: string, nameOf: (feedId: number) => string): string {
  const { event } = mark;
  return [
    sentence(event.kind),
    mark.atMs === null ? "no time" : `${absolute(new Date(mark.atMs), zone)} ${zone}`,
    event.location,
    mark.told.length > 1 ? `told by ${[...new Set(mark.told.map((one) => nameOf(one.feedId)))].join(" and ")}` : null,
    mark.copies > 1 ? `told ${mark.copies} times` : null,
    mark.delayMs === null
      ? null
      : `received ${formatDuration(Math.max(0, mark.delayMs))} later${mark.late ? ": late" : ""}`,
    event.inferred ? "inferred" : null,
    mark.retracted ? "taken back by its sender" : mark.advisory,
  ]
    .filter(Boolean)
    .join(", ");
}

function press(act: () => void) {
  return (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    act();
  };
}

function Pressable({
  words,
  onPress,
  children,
  x,
  y,
}: {
  words: string;
  onPress: () => void;
  children: ReactNode;
  x: number;
  y: number;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button cannot stand inside of a drawing
    <g
      role="button"
      tabIndex={0}
      aria-label={words}
      onClick={onPress}
      onKeyDown={press(onPress)}
      transform={`translate(${x} ${y})`}
      className="cursor-pointer focus-visible:outline-2 focus-visible:outline-focus"
    >
      <title>{words}</title>
      <rect x={-9} y={-ROW / 2} width={18} height={ROW} fill="transparent" />
      <g aria-hidden>{children}</g>
    </g>
  );
}

function EventMark({
  mark,
  x,
  toX,
  cut,
  y,
  selected,
  onSelect,
  words,
}: {
  mark: SightingMark;
  x: number;
  toX: number;
  cut: boolean;
  y: number;
  selected: boolean;
  onSelect: () => void;
  words: string;
}) {
  const trouble = isTrouble(mark.event.kind);
  const ink = mark.advisory !== null || mark.retracted ? "var(--idle)" : trouble ? "var(--broken)" : "var(--ink)";
  const hollow = mark.late || mark.event.inferred;
  const fill = hollow ? "var(--surface)" : ink;
  const reach = toX - x;
  const others = new Set(mark.told.map((one) => one.feedId)).size - 1;
  return (
    <>
      {reach > 3 ? (
        <g stroke={mark.late ? "var(--late)" : "var(--idle)"} strokeWidth="1" opacity={0.8}>
          <line x1={x} x2={toX} y1={y} y2={y} />
          {cut ? (
            <path d={`M${toX - 4} ${y - 3} L${toX} ${y} L${toX - 4} ${y + 3}`} fill="none" />
          ) : (
            <line x1={toX} x2={toX} y1={y - 4} y2={y + 4} />
          )}
        </g>
      ) : null}
      <Pressable words={words} onPress={onSelect} x={x} y={y}>
        {mark.copies > 1 ? <Glyph trouble={trouble} ink={ink} fill="var(--surface)" dx={3} dy={-3} /> : null}
        <Glyph trouble={trouble} ink={ink} fill={fill} dashed={mark.event.inferred} />
        {mark.retracted ? <line x1={-8} x2={8} y1={0} y2={0} stroke="var(--broken)" strokeWidth="1.6" /> : null}
        {others > 0 ? (
          <text x={8} y={-3} className="fill-ink-2 font-medium" fontSize="10">
            +{others}
          </text>
        ) : null}
        {selected ? <circle r={9} fill="none" stroke="var(--focus)" strokeWidth="2" /> : null}
      </Pressable>
    </>
  );
}

function Glyph({
  trouble,
  ink,
  fill,
  dashed,
  dx = 0,
  dy = 0,
}: {
  trouble: boolean;
  ink: string;
  fill: string;
  dashed?: boolean;
  dx?: number;
  dy?: number;
}) {
  const line = { fill, stroke: ink, strokeWidth: 1.6, strokeDasharray: dashed ? "2 1.6" : undefined };
  return trouble ? (
    <path
      d={`M${dx} ${dy - 5.4} L${dx + 5.4} ${dy + 4.2} L${dx - 5.4} ${dy + 4.2} Z`}
      strokeLinejoin="round"
      {...line}
    />
  ) : (
    <circle cx={dx} cy={dy} r={4.6} {...line} />
  );
}

const POSTING_INK: Readonly<Record<string, string>> = {
  ok: "var(--ok)",
  late: "var(--late)",
  broken: "var(--broken)",
  idle: "var(--idle)",
  accent: "var(--accent)",
  neutral: "var(--ink-2)",
};

function PostingMark({
  posting,
  x,
  y,
  onSelect,
  zone,
}: {
  posting: PostingOfShipment;
  x: number;
  y: number;
  onSelect: () => void;
  zone: string;
}) {
  const look = POSTING_LOOK[posting.state as PostingState];
  const ink = POSTING_INK[look.tone] ?? "var(--ink)";
  const done = look.tone === "ok";
  const words = `${sentence(posting.kind)}, ${look.word.toLowerCase()}, ${absolute(new Date(postingAt(posting)), zone)} ${zone}`;
  return (
    <Pressable words={words} onPress={onSelect} x={x} y={y}>
      <rect
        x={-5}
        y={-5}
        width={10}
        height={10}
        rx={1.5}
        fill={done ? ink : "var(--surface)"}
        stroke={ink}
        strokeWidth="1.6"
      />
      {posting.state === "verified" ? (
        <path d="M-2.6 0.2 L-0.6 2.2 L2.8 -2" stroke="var(--surface)" strokeWidth="1.6" fill="none" />
      ) : null}
      {look.tone === "broken" ? <path d="M-2 -2 L2 2 M2 -2 L-2 2" stroke={ink} strokeWidth="1.6" /> : null}
      {posting.state === "held" ? <path d="M-1.4 -2.2 V2.2 M1.4 -2.2 V2.2" stroke={ink} strokeWidth="1.4" /> : null}
    </Pressable>
  );
}

/** What the shapes mean, in one line. */
export function TimelineKey() {
  const items: [string, ReactNode][] = [
    ["counts", <circle key="c" cx="6" cy="6" r="4" fill="var(--ink)" />],
    ["late", <circle key="l" cx="6" cy="6" r="4" fill="none" stroke="var(--ink)" strokeWidth="1.6" />],
    [
      "inferred",
      <circle key="i" cx="6" cy="6" r="4" fill="none" stroke="var(--ink)" strokeWidth="1.6" strokeDasharray="2 1.6" />,
    ],
    ["advice", <circle key="a" cx="6" cy="6" r="4" fill="var(--idle)" />],
    ["trouble", <path key="t" d="M6 1.5 11 10.4H1z" fill="var(--broken)" />],
    ["delay until received", <path key="w" d="M0 6H11M11 3v6" stroke="var(--idle)" fill="none" />],
    ["posting", <rect key="p" x="1.5" y="1.5" width="9" height="9" rx="1" fill="var(--ok)" />],
  ];
  return (
    <p className="flex flex-wrap gap-x-3 gap-y-1 text-ink-3 text-xs">
      {items.map(([word, shape]) => (
        <span key={word} className="inline-flex items-center gap-1">
          <svg viewBox="0 0 12 12" className="size-3" aria-hidden>
            {shape}
          </svg>
          {word}
        </span>
      ))}
    </p>
  );
}
