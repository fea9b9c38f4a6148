import {
  Activity,
  Gauge,
  KeyRound,
  type LucideIcon,
  Package,
  Plug,
  RefreshCw,
  Rss,
  ScrollText,
  Send,
  SlidersHorizontal,
  TriangleAlert,
  Users,
} from "lucide-react";
import type { Right } from "@/core/access/rights";

export type Entry = {
  href: string;
  word: string;
  icon: LucideIcon;
  right: Right;
  /** Which number of the pulse says that a person must act. */
  counts?: "exceptions" | "postings";
  group: "work" | "workspace";
  /** Further words by which the palette finds it. */
  also?: string;
};

/** What the rail and the palette offer; an entry is there only when its screen is. */
export const ENTRIES: readonly Entry[] = [
  { href: "/", word: "Tower", icon: Activity, right: "tower:read", group: "work", also: "home overview dashboard" },
  {
    href: "/exceptions",
    word: "Exceptions",
    icon: TriangleAlert,
    right: "exceptions:read",
    counts: "exceptions",
    group: "work",
    also: "queue triage problems",
  },
  {
    href: "/shipments",
    word: "Shipments",
    icon: Package,
    right: "shipments:read",
    group: "work",
    also: "orders parcels",
  },
  {
    href: "/postings",
    word: "Postings",
    icon: Send,
    right: "postings:read",
    counts: "postings",
    group: "work",
    also: "odoo outbox",
  },
  {
    href: "/service-levels",
    word: "Service levels",
    icon: Gauge,
    right: "service_levels:read",
    group: "work",
    also: "latency objectives slo",
  },
  { href: "/feeds", word: "Feeds", icon: Rss, right: "feeds:read", group: "work", also: "sources messages mapping" },
  { href: "/runs", word: "Runs", icon: RefreshCw, right: "runs:read", group: "work", also: "replay repost bulk" },
  { href: "/settings/odoo", word: "Odoo", icon: Plug, right: "odoo:read", group: "workspace", also: "connection erp" },
  {
    href: "/settings/people",
    word: "People",
    icon: Users,
    right: "people:read",
    group: "workspace",
    also: "roles users",
  },
  {
    href: "/settings/thresholds",
    word: "Thresholds",
    icon: SlidersHorizontal,
    right: "settings:manage",
    group: "workspace",
    also: "rules limits ownership",
  },
  {
    href: "/settings/api-keys",
    word: "API keys",
    icon: KeyRound,
    right: "api_keys:manage",
    group: "workspace",
    also: "tokens",
  },
  {
    href: "/settings/audit",
    word: "Audit log",
    icon: ScrollText,
    right: "audit:read",
    group: "workspace",
    also: "history who",
  },
];
