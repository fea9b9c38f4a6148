import { carrierName } from "@/core/carriers/name";
import type { Answer, Sibling } from "./answer";
import type { LateCause } from "./lateness";
import { type Moment, sourceDayMs } from "./moment";
import type { Tone } from "./tone";

/** In which zone times are told (IANA name) and which instant is now (ms). */
export type ReplySetting = { zone: string; nowMs: number };

/**
 * Writes a reply for the customer: plain, polite, in the customer's terms, days in the given zone, nothing promised that no source says.
 * Text with line breaks, without subject and signature.
 */
export function writeReply(answer: Answer, setting: ReplySetting): string {
  const paragraphs = [
    "Hello,",
    `thank you for your message. ${STORY[answer.tone](answer, setting)}`,
    ...reason(answer),
    ...outlook(answer, setting),
    ...others(answer, setting),
    ...link(answer),
    CLOSING[answer.tone],
    "Kind regards",
  ];
  return paragraphs.filter((paragraph) => paragraph !== "").join("\n\n");
}

type Writer = (answer: Answer, setting: ReplySetting) => string;

const STORY: Readonly<Record<Tone, Writer>> = {
  on_the_way: (answer, setting) =>
    answer.milestone === "out_for_delivery" || answer.milestone === "delivery_arrived"
      ? `${subject(answer)} is out for delivery${near(answer)}${since(answer, setting)}.`
      : `${subject(answer)} is on its way to you${by(answer)}. ${lastSeen(answer, setting)}`.trim(),
  ready_to_collect: (answer, setting) =>
    `${subject(answer)} is ready for you to collect${near(answer)}${since(answer, setting)}.`,
  delivered: (answer, setting) =>
    `${subject(answer)} was delivered${onDay(answer, setting)}${near(answer)}${
      answer.signedBy === null ? "" : ` and signed for by ${answer.signedBy}`
    }.`,
  late: (answer, setting) =>
    answer.promisedMs === null
      ? `I am sorry: ${lower(subject(answer))} is delayed. ${lastSeen(answer, setting)}`.trim()
      : `I am sorry: ${lower(subject(answer))} was due ${day(answer.promisedMs, setting)} and has not reached you yet. ${lastSeen(answer, setting)}`.trim(),
  problem: (answer, setting) => `I am sorry: ${problem(answer)} ${lastSeen(answer, setting)}`.trim(),
  returning: (answer, setting) => `${subject(answer)} is on its way back to us${since(answer, setting)}.`,
  returned: (answer, setting) => `${subject(answer)} has come back to us${onDay(answer, setting)}.`,
  not_yet_shipped: (answer) => `${subject(answer)} is being prepared and has not left our warehouse yet.`,
  cancelled: (answer) => `${subject(answer)} was cancelled and will not be sent.`,
  unknown: (answer) =>
    answer.calledBy.kind === "none"
      ? "I do not see any news of your parcel yet."
      : `I do not see any news of ${lower(subject(answer))} yet.`,
};

const CLOSING: Readonly<Record<Tone, string>> = {
  on_the_way: "Please let me know if there is anything else I can do for you.",
  ready_to_collect: "Please bring an identity document and the number above when you collect it.",
  delivered:
    "If you have not received it, please look with your neighbours and at the places where it may have been left, and tell me; I will then ask the carrier.",
  late: "I am following this up and will write to you as soon as there is news. Thank you for your patience.",
  problem: "I am looking into it and will write to you as soon as it is solved. Thank you for your patience.",
  returning: "Please tell me whether you would like it sent again or would rather have it cancelled.",
  returned: "Please tell me whether you would like it sent again or would rather have it cancelled.",
  not_yet_shipped: "You will be able to follow it as soon as it is with the carrier.",
  cancelled: "If this surprises you, please write to me and I will look into it.",
  unknown:
    "I am asking my colleagues and will write to you as soon as I know more. If you have another order or tracking number, please send it to me.",
};

const REASONS: Readonly<Record<LateCause, string>> = {
  weather: "The carrier tells us that the weather is holding it up.",
  customs: "It is still with customs.",
  address: "The carrier has a question about the address. Could you please confirm your full delivery address?",
  attempted: "The carrier has tried to deliver it, but could not hand it over.",
  recipient: "The carrier could not hand it over.",
  carrier: "The carrier is taking longer than planned.",
  left_late: "It left our warehouse later than planned.",
  not_left: "It has not left our warehouse yet.",
  no_news: "The carrier has not given any news of it for more than two days, so we are asking.",
  unknown: "",
};

function reason({ tone, lateness }: Answer): string[] {
  return tone === "late" && lateness !== null ? [REASONS[lateness.cause]] : [];
}

const PROBLEM: Readonly<Record<string, (what: string) => string>> = {
  lost: (what) => `the carrier reports that ${what} is lost.`,
  destroyed: (what) => `the carrier reports that ${what} can no longer be delivered.`,
  damaged: (what) => `the carrier reports that ${what} was damaged on the way.`,
  short: (what) => `a part of ${what} seems to be missing.`,
  customs_hold: (what) => `${what} is being held by customs.`,
  held: (what) => `the carrier is holding ${what}.`,
  address_issue: (what) =>
    `the carrier could not find your address for ${what}. Could you please confirm your full delivery address?`,
  delivery_attempted: (what) => `the carrier has tried to deliver ${what}, but could not hand it over.`,
  refused: (what) => `the carrier reports that ${what} was refused at the door.`,
  unclaimed: (what) => `the carrier reports that nobody has collected ${what} yet.`,
  misrouted: (what) => `${what} has taken a wrong turn on the way and is being sent on to you.`,
};

function problem(answer: Answer): string {
  const what = lower(subject(answer));
  const kind = answer.terminal !== null && answer.terminal in PROBLEM ? answer.terminal : (answer.trouble?.kind ?? "");
  return (PROBLEM[kind] ?? ((it: string) => `there is a difficulty with ${it}.`))(what);
}

/** What is expected next, said as an expectation. */
function outlook(answer: Answer, setting: ReplySetting): string[] {
  const open = ["on_the_way", "late", "problem", "not_yet_shipped"].includes(answer.tone);
  if (!open || answer.terminal !== null) return [];
  const { etaMs, promisedMs } = answer;
  if (etaMs !== null && etaMs > setting.nowMs) return [`It is expected ${day(etaMs, setting)}.`];
  if (promisedMs !== null && promisedMs > setting.nowMs) return [`It is due ${day(promisedMs, setting)}.`];
  return [];
}

function others({ siblings }: Answer, setting: ReplySetting): string[] {
  if (siblings.length === 0) return [];
  const shown = siblings.slice(0, 5).map((one) => `- ${siblingText(one, setting)}`);
  const left = siblings.length - shown.length;
  const more = left > 0 ? [`- and ${left} more`] : [];
  return [["The rest of your order travels separately:", ...shown, ...more].join("\n")];
}

function siblingText(one: Sibling, setting: ReplySetting): string {
  const number = one.trackingNumber === null ? "one parcel" : `parcel ${one.trackingNumber}`;
  if (one.terminal === "delivered") return `${number} has been delivered`;
  if (one.terminal === "cancelled") return `${number} was cancelled`;
  if (one.terminal === "returned") return `${number} has come back to us`;
  if (one.terminal !== null || one.summary === "exception") return `${number}: we are looking into it`;
  if (one.summary === "return_to_sender") return `${number} is on its way back to us`;
  if (one.summary === "out_for_delivery") return `${number} is out for delivery`;
  if (one.summary === "available_for_pickup") return `${number} is ready to collect`;
  const due = [one.etaAtMs, one.promisedAtMs].find((at) => at !== null && at > setting.nowMs) ?? null;
  const when = due === null ? "" : `, expected ${day(due, setting)}`;
  return one.summary === "in_transit" ? `${number} is on its way${when}` : `${number} is being prepared${when}`;
}

function link({ trackingUrl, trackingNumber, carrier, tone }: Answer): string[] {
  if (tone === "not_yet_shipped" || tone === "cancelled" || tone === "unknown" || trackingNumber === null) return [];
  const first = trackingNumber.split(",")[0];
  const where = trackingUrl === null ? "" : `: ${trackingUrl}`;
  const whose = carrier === null ? "" : ` with ${carrierName(carrier)}`;
  return [`You can follow it${whose} under the number ${first}${where}`.concat(trackingUrl === null ? "." : "")];
}

/** "Your order S00042", "Your parcel". */
function subject({ calledBy }: Answer): string {
  if (calledBy.kind === "order") return `Your order ${calledBy.said}`;
  return calledBy.kind === "tracking" ? `Your parcel ${calledBy.said?.split(",")[0]}` : "Your parcel";
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function by({ carrier }: Answer): string {
  return carrier === null ? "" : ` with ${carrierName(carrier)}`;
}

/** A place as people write it; what the source shouts is set in ordinary letters, codes of two or three letters stay. */
function placeName(place: string): string {
  if (place !== place.toUpperCase()) return place;
  return place.replace(/\p{L}{4,}/gu, (word) => word.charAt(0) + word.slice(1).toLowerCase());
}

function near({ place }: Answer): string {
  return place === null ? "" : ` in ${placeName(place)}`;
}

function lastSeen({ way }: Answer, setting: ReplySetting): string {
  const stop = way.at(-1);
  if (stop === undefined) return "";
  const where = stop.place === null ? "was last registered" : `was last seen in ${placeName(stop.place)}`;
  return `It ${where} on ${moment(stop.at, setting)}.`;
}

function since({ since: at }: Answer, setting: ReplySetting): string {
  return at === null ? "" : ` since ${moment(at, setting)}`;
}

function onDay({ since: at }: Answer, setting: ReplySetting): string {
  return at === null ? "" : ` on ${moment(at, setting)}`;
}

/** "Thursday 26 November", with the year where it is another one. */
function dayText(atMs: number, { zone, nowMs }: ReplySetting): string {
  const year = (at: number) => new Intl.DateTimeFormat("en-GB", { timeZone: zone, year: "numeric" }).format(at);
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(year(atMs) === year(nowMs) ? {} : { year: "numeric" }),
  })
    .format(atMs)
    .replace(",", "");
}

function day(atMs: number, setting: ReplySetting): string {
  return `on ${dayText(atMs, setting)}`;
}

function moment(at: Moment, setting: ReplySetting): string {
  if (at.dateOnly) return dayText(sourceDayMs(at), { ...setting, zone: "UTC" });
  const clock = new Intl.DateTimeFormat("en-GB", {
    timeZone: setting.zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(at.atMs);
  return `${dayText(at.atMs, setting)} at ${clock}`;
}
