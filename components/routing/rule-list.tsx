"use client";
import { ArrowDown, ArrowUp, Trash2 } from "lucide-react";
import { FacetFilter } from "@/components/tables/facet-filter";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { formatCount } from "@/components/ui/number";
import type { RouteRule } from "@/core/routing/rules";
import type { Named } from "./route-words";
import { TargetSelect } from "./target-select";

const NAMES = ["warehouse", "company", "country", "channel"] as const;

type Props = {
  rules: readonly RouteRule[];
  odoos: readonly Named[];
  feeds: readonly { id: number; name: string }[];
  counts: readonly { id: string; takes: number; unheeded: number }[] | null;
  onChange: (rules: RouteRule[]) => void;
};

/** The rules in their order: the first that fits a shipment says to which Odoo it belongs. */
export function RuleList(props: Props) {
  const { rules, onChange } = props;
  const move = (at: number, step: 1 | -1) => {
    const moved = [...rules];
    const [rule] = moved.splice(at, 1);
    if (rule) moved.splice(at + step, 0, rule);
    onChange(moved);
  };
  return (
    <ol>
      {rules.map((rule, at) => (
        <li key={rule.id} className="flex flex-wrap items-center gap-2 border-line border-b py-2">
          <span className="w-5 text-ink-3 tabular-nums">{at + 1}</span>
          <Rule
            {...props}
            rule={rule}
            change={(over) => onChange(rules.map((one) => (one.id === rule.id ? { ...one, ...over } : one)))}
          />
          <span className="ml-auto flex gap-1">
            <Button
              variant="quiet"
              icon
              aria-label={`${rule.name} up`}
              disabled={at === 0}
              onClick={() => move(at, -1)}
            >
              <ArrowUp />
            </Button>
            <Button
              variant="quiet"
              icon
              aria-label={`${rule.name} down`}
              disabled={at === rules.length - 1}
              onClick={() => move(at, 1)}
            >
              <ArrowDown />
            </Button>
            <Button
              variant="quiet"
              icon
              aria-label={`Take ${rule.name} away`}
              onClick={() => onChange(rules.filter(({ id }) => id !== rule.id))}
            >
              <Trash2 />
            </Button>
          </span>
        </li>
      ))}
    </ol>
  );
}

function Rule({
  rule,
  odoos,
  feeds,
  counts,
  change,
}: Props & { rule: RouteRule; change: (over: Partial<RouteRule>) => void }) {
  const { when } = rule;
  const count = counts?.find(({ id }) => id === rule.id);
  return (
    <>
      <Input
        aria-label="Name of the rule"
        className="w-36"
        maxLength={60}
        value={rule.name}
        onChange={(event) => change({ name: event.target.value })}
      />
      <FacetFilter
        label="Feed"
        value={when.feed.map(String)}
        onChange={(feed) => change({ when: { ...when, feed: feed.map(Number) } })}
        choices={feeds.map((feed) => ({ value: String(feed.id), words: feed.name, label: feed.name }))}
      />
      {NAMES.map((name) => (
        <Input
          key={name}
          aria-label={`${name} of ${rule.name}, several by commas`}
          placeholder={name}
          className="w-28"
          defaultValue={when[name].join(", ")}
          onBlur={(event) => change({ when: { ...when, [name]: wordsIn(event.target.value) } })}
        />
      ))}
      <span aria-hidden className="text-ink-3">
        →
      </span>
      <TargetSelect
        label={`Odoo of ${rule.name}`}
        value={rule.to}
        odoos={odoos}
        onChange={(to) => to && change({ to })}
      />
      {count ? (
        <span className="text-ink-2 text-xs">
          takes {formatCount(count.takes)}
          {count.unheeded > 0 ? `, ${formatCount(count.unheeded)} stay elsewhere` : ""}
        </span>
      ) : null}
    </>
  );
}

function wordsIn(text: string): string[] {
  return text
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);
}
