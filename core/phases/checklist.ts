import type { FeedClass } from "@/core/feeds/feed";
import { DRY_RUN_HOURS } from "@/core/odoo/connection-input";
import { moduleMissing, type Tested } from "@/core/postings/checks";
import { OPT_IN_KINDS, type PostingKind } from "@/core/postings/kinds";
import { kindsOfPhase, type Phase } from "./phases";

/** What the workspace is set up with just now, as far as a phase asks. */
export type SetUp = {
  nowMs: number;
  connections: readonly {
    id: number;
    name: string;
    usable: boolean | null;
    tested: Tested | null;
    kinds: Readonly<Partial<Record<PostingKind, string>>>;
    dryRuns: Readonly<Partial<Record<PostingKind, string>>>;
  }[];
  feeds: readonly { class: FeedClass; lastAtMs: number | null }[];
  /** Settings that somebody stored; the others hold as shipped. */
  stored: ReadonlySet<string>;
  /** Carriers that are partners in an Odoo, and whether a freight bill ever came. */
  vendors: number;
  freightBill: boolean;
  mail: { set: boolean; lastSentMs: number | null; failed: number; lastError: string | null };
  /** First hour that the service levels counted; null: none yet. */
  countedSinceMs: number | null;
  /** How far carriers were counted; null: not yet begun. */
  carriers: { countedToMs: number | null; complete: boolean };
  /** Of how many occasions customers are told; 0: it is switched off. */
  told: number;
};

export type Step = {
  name: string;
  state: "done" | "open" | "optional";
  why: string;
  href: string;
};

/** A kind of a phase on one connection: what still stands between it and posting. */
export type KindStep = {
  connectionId: number;
  connection: string;
  kind: PostingKind;
  /**
   * on; ready: its dry run is fresh enough to switch it on; dry_run: look at that first; missing: its module is not in this Odoo; own: it needs
   * a set-up or decision of its own and is switched on the Odoo screen.
   */
  state: "on" | "ready" | "dry_run" | "missing" | "own";
};

const LIVE_MS = 7 * 86_400_000;

/** The kinds of a phase on every connection. */
export function kindSteps(phase: Phase, { connections, nowMs }: SetUp): KindStep[] {
  return connections.flatMap(({ id, name, kinds, dryRuns, tested }) =>
    kindsOfPhase(phase).map((kind): KindStep => {
      const ran = Date.parse(dryRuns[kind] ?? "");
      const fresh = nowMs - ran < DRY_RUN_HOURS * 3_600_000;
      const missing = tested !== null && moduleMissing(kind, tested) !== null;
      const off = missing ? "missing" : OPT_IN_KINDS.has(kind) ? "own" : fresh ? "ready" : "dry_run";
      return { connectionId: id, connection: name, kind, state: kinds[kind] === "on" ? "on" : off };
    }),
  );
}

/** The steps of a phase besides its kinds, each out of the real state, with the screen where it is done. */
export function checklistOf(phase: Phase, setUp: SetUp): Step[] {
  if (phase === "1")
    return [
      connected(setUp),
      live(setUp, ["carrier", "aggregator"], "A carrier's feed is live", "done"),
      live(setUp, ["warehouse"], "A warehouse's feed is live", "optional"),
      stored(setUp, "thresholds", "Thresholds chosen", "/settings/thresholds"),
      mail(setUp),
    ];
  if (phase === "2")
    return [
      connected(setUp),
      {
        name: "Freight bills come in",
        state: setUp.freightBill ? "done" : "open",
        why: setUp.freightBill ? "At least one carrier's bill has been received." : "No carrier's bill has come yet.",
        href: setUp.freightBill ? "/freight" : "/feeds/new",
      },
      stored(setUp, "freight", "Freight tolerance chosen", "/settings/thresholds?tab=freight"),
      {
        name: "Carriers are partners in Odoo",
        state: setUp.vendors > 0 ? "done" : "open",
        why: setUp.vendors > 0 ? `${setUp.vendors} named.` : "None is named: no bill can be posted.",
        href: "/settings/thresholds?tab=freight",
      },
      mail(setUp),
      {
        name: "Customers are told",
        state: setUp.told > 0 ? "done" : "open",
        why:
          setUp.told > 0
            ? `By e-mail, of ${setUp.told} ${setUp.told === 1 ? "occasion" : "occasions"}.`
            : "Switched off: nothing is sent to customers.",
        href: "/settings/notices",
      },
    ];
  const since = setUp.countedSinceMs;
  return [
    live(setUp, ["carrier", "aggregator"], "A carrier's feed is live", "done"),
    stored(setUp, "objectives", "Objectives chosen", "/settings/thresholds?tab=objectives"),
    {
      name: "Service levels are counted",
      state: since === null ? "open" : "done",
      why:
        since === null
          ? "Nothing has been counted yet: the first events are awaited."
          : `Counted since ${new Date(since).toISOString().slice(0, 10)}, also while this phase is off: nothing has to be filled in.`,
      href: "/service-levels",
    },
    carriersCounted(setUp),
  ];
}

function carriersCounted({ carriers: { countedToMs, complete } }: SetUp): Step {
  const day = countedToMs === null ? null : new Date(countedToMs).toISOString().slice(0, 10);
  return {
    name: "Carriers are counted",
    state: complete ? "done" : "open",
    why: complete
      ? "All stored shipments are counted; what changes follows within minutes."
      : day === null
        ? "Counting begins with the oldest stored shipment once this phase is on."
        : `History is being counted: changes up to ${day} so far.`,
    href: "/carriers",
  };
}

function connected({ connections }: SetUp): Step {
  const untested = connections.filter(({ usable }) => usable === null).map(({ name }) => name);
  const bad = connections.filter(({ usable }) => usable === false).map(({ name }) => name);
  const done = connections.length > 0 && untested.length + bad.length === 0;
  return {
    name: "Odoo connected and tested",
    state: done ? "done" : "open",
    why:
      connections.length === 0
        ? "No Odoo is connected."
        : bad.length > 0
          ? `The last test of ${bad.join(", ")} found something that stops it.`
          : untested.length > 0
            ? `${untested.join(", ")} was not tested since it was connected.`
            : `The last test of ${connections.map(({ name }) => name).join(", ")} found nothing that stops it.`,
    href: "/settings/odoo",
  };
}

function live({ feeds, nowMs }: SetUp, classes: readonly FeedClass[], name: string, need: "done" | "optional"): Step {
  const mine = feeds.filter((feed) => classes.includes(feed.class));
  const speaking = mine.filter(({ lastAtMs }) => lastAtMs !== null && nowMs - lastAtMs < LIVE_MS).length;
  const open = need === "optional" ? "optional" : "open";
  return {
    name,
    state: speaking > 0 ? "done" : open,
    why:
      speaking > 0
        ? `${speaking} of ${mine.length} sent something in the last 7 days.`
        : `${mine.length === 0 ? "None is set up" : "None sent anything in the last 7 days"}${
            need === "optional" ? ": quantities are then what Odoo has reserved." : "."
          }`,
    href: mine.length === 0 ? "/feeds/new" : "/feeds",
  };
}

function stored({ stored: names }: SetUp, setting: string, name: string, href: string): Step {
  return names.has(setting)
    ? { name, state: "done", why: "Somebody has chosen them.", href }
    : { name, state: "optional", why: "As shipped; nobody has looked at them yet.", href };
}

/** Reachable is what took a mail; a refusal after the last one sent says otherwise. */
function mail({ mail: { set, lastSentMs, failed, lastError } }: SetUp): Step {
  const href = "/settings/account";
  const name = "Mail server reachable";
  if (!set) return { name, state: "open", why: "No mail server is set: start Waypost with SMTP_URL.", href };
  if (lastSentMs === null)
    return { name, state: "open", why: lastError ?? "No mail has been sent yet: send a test mail.", href };
  if (failed > 0)
    return {
      name,
      state: "open",
      why: `${failed} mails of the last 7 days were not taken. ${lastError ?? ""}`.trim(),
      href,
    };
  return { name, state: "done", why: "It took the last mail.", href };
}
