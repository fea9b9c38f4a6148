import {
  Activity,
  BookA,
  Gauge,
  GitCompareArrows,
  KeyRound,
  type LucideIcon,
  Milestone,
  Package,
  Plug,
  Receipt,
  RefreshCw,
  Rss,
  Scale,
  ScrollText,
  SearchCheck,
  Send,
  SlidersHorizontal,
  Split,
  TriangleAlert,
  Truck,
  Users,
  Workflow,
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
    href: "/lookup",
    word: "Lookup",
    icon: SearchCheck,
    right: "lookup:read",
    group: "work",
    also: "customer inquiry answer reply where is desk support phone email",
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
    href: "/freight",
    word: "Freight",
    icon: Receipt,
    right: "freight:read",
    group: "work",
    also: "bills invoices carrier charges audit approve dispute",
  },
  {
    href: "/reconciliation",
    word: "Reconciliation",
    icon: GitCompareArrows,
    right: "reconciliation:read",
    group: "work",
    also: "compare differences drift radar invoice readiness returns proof freight",
  },
  {
    href: "/service-levels",
    word: "Service levels",
    icon: Gauge,
    right: "service_levels:read",
    group: "work",
    also: "latency objectives slo",
  },
  {
    href: "/carriers",
    word: "Carriers",
    icon: Truck,
    right: "carriers:read",
    group: "work",
    also: "scorecard performance kpi on time delivery pickup transit lanes services cost",
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
    href: "/settings/phases",
    word: "Phases",
    icon: Milestone,
    right: "settings:manage",
    group: "workspace",
    also: "roll-out set-up checklist modules packs",
  },
  {
    href: "/settings/thresholds",
    word: "Thresholds",
    icon: SlidersHorizontal,
    right: "settings:manage",
    group: "workspace",
    also: "rules limits alerts owners",
  },
  {
    href: "/settings/ownership",
    word: "Ownership",
    icon: Scale,
    right: "settings:manage",
    group: "workspace",
    also: "who decides fields system of record matrix",
  },
  {
    href: "/settings/routing",
    word: "Routing",
    icon: Split,
    right: "settings:manage",
    group: "workspace",
    also: "companies odoo warehouse rules",
  },
  {
    href: "/settings/automation",
    word: "Automation",
    icon: Workflow,
    right: "automation:manage",
    group: "workspace",
    also: "rules learnt suggestions when given then",
  },
  {
    href: "/dictionary",
    word: "Dictionary",
    icon: BookA,
    right: "shipments:read",
    group: "workspace",
    also: "words states transitions milestones kinds event catalogue schema glossary entities",
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
