import { z } from "zod";
import { STANDINGS } from "@/core/reconciliation/standing";
import { RUN_KINDS, RUN_RESULTS } from "@/core/runs/run";
import { TRACE_STAGES } from "@/core/service-levels/trace";
import { CLASSIFIERS, PRECISIONS, TIME_BASES } from "@/core/shipments/event";

/** Shapes of the outside contract, version 1 (docs/api.md): names camelCase, values snake_case, instants ISO 8601 in UTC. */

const instant = z.iso.datetime().meta({ description: "ISO 8601 in UTC" });
const id = z.uuid();
const json = z.unknown().meta({ description: "Any JSON" });

/** A page of a list. */
export const listOf = <T extends z.ZodType>(items: T) =>
  z.object({ items: z.array(items), nextCursor: z.string().nullable() });

export const errorShape = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      correlationId: z.string(),
      present: z.json().optional().meta({ description: "Of a conflict: how things stand now" }),
    }),
  })
  .meta({ id: "Error" });

const milestoneShape = z.object({
  milestone: z.string(),
  occurredAt: instant.nullable().meta({ description: "null where it was inferred" }),
  offsetMinutes: z.int().nullable().meta({ description: "The source's offset from UTC, where it said one" }),
  basis: z.enum(["offset", "location", "feed", "assumed"]).nullable(),
  inferred: z.boolean(),
  feed: z.string().nullable(),
});

const referenceShape = z.object({ kind: z.string(), issuer: z.string().nullable(), value: z.string() });

export const shipmentShape = z
  .object({
    id,
    name: z.string(),
    milestone: z.string().nullable(),
    summary: z.string(),
    stage: z.string().nullable(),
    terminal: z.string().nullable(),
    milestones: z.array(milestoneShape),
    references: z.array(referenceShape),
    packages: z.array(
      z.object({
        number: z.string(),
        issuer: z.string().nullable(),
        milestone: z.string().nullable(),
        summary: z.string(),
        terminal: z.string().nullable(),
      }),
    ),
    carrier: z.string().nullable(),
    promisedAt: instant.nullable(),
    eta: instant.nullable(),
    openExceptions: z.int(),
    odoo: z.object({ connection: z.string(), pickingId: z.int(), name: z.string().nullable() }).nullable(),
    updatedAt: instant,
  })
  .meta({ id: "Shipment" });

/** How an event is told; its catalogue entry shows this as JSON Schema. Who changes it raises EVENT_VERSION. */
export const eventShape = z
  .object({
    kind: z.string().meta({ description: "Type of the event, see /event-types" }),
    classifier: z.enum(CLASSIFIERS).meta({ description: "Whether it happened, or is expected or planned" }),
    occurredAt: instant.nullable().meta({ description: "When it happened; null where the source gave no time" }),
    offsetMinutes: z.int().nullable().meta({ description: "The source's own offset from UTC, where it said one" }),
    precision: z.enum(PRECISIONS).nullable().meta({ description: "How exact the time is" }),
    basis: z.enum(TIME_BASES).nullable().meta({ description: "Where the instant came from" }),
    receivedAt: instant.meta({ description: "When Waypost received it first" }),
    feed: z.string().meta({ description: "Slug of the feed that told it" }),
    receipt: id.meta({ description: "The message that told it" }),
    package: z.string().nullable().meta({ description: "Tracking number of the piece; null: the whole shipment" }),
    location: z.string().nullable(),
    rawCode: z.string().nullable().meta({ description: "The source's own code or word" }),
    rawDescription: z.string().nullable().meta({ description: "Free text of the source; needs customers:read" }),
    rawTime: z.string().nullable().meta({ description: "The time as the source wrote it" }),
    inferred: z.boolean().meta({ description: "True where the source implies it and does not say so" }),
    retracts: z.string().nullable().meta({ description: "Sender's id of an earlier event that never happened" }),
  })
  .meta({ id: "Event" });

export const messageShape = z
  .object({
    id,
    feed: z.string(),
    receivedAt: instant,
    status: z.enum(["received", "interpreted", "failed", "ignored"]),
    correlationId: z.string(),
    problems: z.array(
      z.object({ kind: z.string(), at: z.string(), found: z.string().nullable(), expected: z.string() }),
    ),
    events: z.array(
      eventShape
        .pick({ kind: true, classifier: true, occurredAt: true, rawCode: true, package: true })
        .extend({ shipmentId: id }),
    ),
    shipments: z.array(id),
    acknowledgement: z
      .object({ fileName: z.string(), contentType: z.string(), body: z.string(), accepted: z.boolean() })
      .nullable(),
  })
  .meta({ id: "Message" });

export const traceShape = z
  .object({
    receipt: id,
    feed: z.string().nullable(),
    receivedAt: instant,
    status: messageShape.shape.status,
    waitedMs: z.number().meta({ description: "Between receipt and reading" }),
    totalMs: z.number(),
    retries: z.int(),
    stages: z.array(
      z.object({
        stage: z.enum(TRACE_STAGES),
        state: z.enum(["done", "under_way", "waiting", "none"]),
        startedAt: instant.nullable(),
        durationMs: z
          .number()
          .nullable()
          .meta({ description: "Until now while it is under way; null where it was not measured" }),
      }),
    ),
    routes: z.array(
      z.object({
        connection: z.string().nullable(),
        companyId: z.int().nullable(),
        by: z.enum(["transfer", "rule", "default", "only", "none"]).nullable(),
        rule: z.object({ id: z.string(), name: z.string() }).nullable(),
        version: z.int().nullable().meta({ description: "Of the rules that were asked" }),
        since: instant.nullable(),
      }),
    ),
    postings: z.array(
      z.object({
        id,
        kind: z.string(),
        state: z.string(),
        heldBecause: z.string().nullable(),
        record: z.string().nullable(),
        connection: z.string(),
        calls: z.int(),
      }),
    ),
    exceptions: z.array(z.object({ id, kind: z.string(), resolvedAt: instant.nullable() })),
  })
  .meta({ id: "Trace" });

const routeTargetShape = z.object({ connection: z.string(), companyId: z.int().nullable() });

export const routingShape = z
  .object({
    version: z.int().meta({ description: "Counts the changes; give it back with the next one" }),
    rules: z
      .array(
        z.object({
          id,
          name: z.string(),
          when: z.object({
            feed: z.array(z.string()).meta({ description: "Slugs" }),
            warehouse: z.array(z.string()),
            company: z.array(z.string()),
            country: z.array(z.string()),
            channel: z.array(z.string()),
          }),
          to: routeTargetShape,
        }),
      )
      .meta({ description: "The first that fits decides" }),
    otherwise: routeTargetShape.nullable().meta({ description: "Where goes what no rule takes" }),
  })
  .meta({ id: "Routing" });

export const routingChangeShape = z.object({
  dryRun: z.boolean(),
  changed: z.boolean(),
  run: id.nullable().meta({ description: "The run that judges open shipments anew" }),
  preview: z
    .object({
      looked: z.int(),
      more: z.boolean().meta({ description: "Older open shipments were not looked at" }),
      rules: z.array(z.object({ id, takes: z.int(), unheeded: z.int() })),
      otherwise: z.int(),
      none: z.int(),
      moved: z.int(),
    })
    .nullable(),
  routing: routingShape,
});

const money = z.object({ amount: z.string().meta({ description: "Decimal string" }), currency: z.string() });

export const exceptionShape = z
  .object({
    id,
    kind: z.string(),
    subject: z.string(),
    severity: z.enum(["critical", "high", "medium", "low"]),
    state: z.enum(["open", "acknowledged", "snoozed", "suppressed", "resolved"]),
    text: z.string(),
    shipmentId: id.nullable(),
    groupId: id,
    openedAt: instant,
    dueAt: instant,
    snoozedUntil: instant.nullable(),
    suppressedUntil: instant.nullable(),
    stake: money.nullable(),
    atRisk: money.nullable(),
    deadline: z.object({ kind: z.enum(["promise", "claim", "invoice"]), at: instant }).nullable(),
    rank: z.enum(["critical", "high", "medium", "low"]),
    reason: z.string(),
    evidence: json,
  })
  .meta({ id: "Exception" });

export const exceptionGroupShape = z
  .object({
    id,
    kind: z.string(),
    cause: z.string(),
    feed: z.string().nullable(),
    count: z.int(),
    open: z.int(),
    shipments: z.int(),
    firstSeen: instant,
    lastSeen: instant,
    state: z.enum(["open", "acknowledged", "snoozed", "suppressed", "resolved"]),
    regressed: z.boolean(),
    settledAt: instant.nullable(),
    settledByName: z.string().nullable(),
    atRisk: z.array(money),
    deadlineAt: instant.nullable(),
  })
  .meta({ id: "ExceptionGroup" });

export const postingShape = z
  .object({
    id,
    key: z.string(),
    kind: z.string(),
    state: z.string(),
    shipmentId: id,
    connection: z.string(),
    record: z.object({ model: z.string(), id: z.int(), name: z.string().nullable() }),
    before: json,
    after: json,
    attempts: z.int(),
    heldBecause: z.string().nullable(),
    lastReason: z.string().nullable(),
    nextAt: instant.nullable(),
    updatedAt: instant,
  })
  .meta({ id: "Posting" });

export const runShape = z
  .object({
    id,
    kind: z.enum(RUN_KINDS),
    dryRun: z.boolean(),
    state: z.enum(["waiting", "running", "paused", "cancelled", "done", "failed"]),
    total: z.int(),
    processed: z.int(),
    changed: z.int(),
    failed: z.int(),
    summary: z.unknown().meta({
      description:
        "Any JSON. Of replays, shadow runs and reposts, `tally`: messages, events, postings by kind, reasons and mapping versions, as done or, in a dry run, as they would be",
    }),
    error: z.string().nullable(),
    createdAt: instant,
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
  })
  .meta({ id: "Run" });

export const runItemShape = z
  .object({
    position: z.int(),
    target: z.string(),
    result: z.enum(RUN_RESULTS).nullable(),
    reason: z.string().nullable(),
    before: json,
    after: json,
    at: instant.nullable(),
  })
  .meta({ id: "RunItem" });

export const crosswalkShape = z
  .object({
    word: z.string(),
    to: z.string().nullable().meta({ description: "null: nobody has said yet what the word means" }),
    source: z.enum(["pack", "person", "unmapped"]),
    since: z.int().nullable().meta({ description: "Mapping version from which on it holds" }),
    count: z.int().nullable().meta({ description: "How often an unmapped word came" }),
  })
  .meta({ id: "CrosswalkEntry" });

export const mendShape = z
  .object({
    dryRun: z.boolean(),
    from: z.string().nullable(),
    to: z.string().nullable(),
    version: z.int().nullable().meta({ description: "Mapping version in force since; null for a dry run" }),
    total: z.int().nullable().meta({ description: "Past events it would change, counted up to 100,000; dry run only" }),
    shipments: z.int().nullable(),
    more: z.boolean(),
    events: z.array(
      z.object({
        shipmentId: id,
        shipment: z.string(),
        occurredAt: instant.nullable(),
        rawDescription: z.string().nullable(),
        from: z.string(),
        to: z.string().nullable(),
        receipt: id,
      }),
    ),
  })
  .meta({ id: "Mend" });

export const feedShape = z
  .object({
    slug: z.string(),
    name: z.string(),
    adapter: z.string(),
    class: z.string(),
    wayIn: z.string(),
    state: z.enum(["active", "paused", "archived"]),
    verify: z.string(),
    health: z.object({ word: z.string(), why: z.string() }),
    lastReceivedAt: instant.nullable(),
    waiting: z.int(),
    lastDay: z.object({
      received: z.int(),
      duplicates: z.int(),
      rejected: z.int(),
      limited: z.int(),
      failed: z.int(),
      events: z.int(),
    }),
    unmappedWords: z.int(),
    openExceptions: z.int(),
  })
  .meta({ id: "Feed" });

export const serviceLevelShape = z
  .object({
    workflow: z.string(),
    objective: z.object({ percent: z.number(), withinSeconds: z.int() }),
    range: z.enum(["24h", "7d", "30d"]),
    count: z.int(),
    missed: z.int(),
    attained: z.number().nullable().meta({ description: "Percent within the objective" }),
    p50: z.number().nullable().meta({ description: "Milliseconds" }),
    p95: z.number().nullable().meta({ description: "Milliseconds" }),
    p99: z.number().nullable().meta({ description: "Milliseconds" }),
    legs: z.array(
      z.object({
        leg: z.string(),
        count: z.int(),
        p50: z.number().nullable(),
        p95: z.number().nullable(),
        p99: z.number().nullable(),
      }),
    ),
  })
  .meta({ id: "ServiceLevel" });

const counts = z.object({
  matched: z.int(),
  differs: z.int(),
  missing_left: z.int(),
  missing_right: z.int(),
  accepted: z.int(),
});

export const reconciliationDayShape = z
  .object({
    day: z.string(),
    standing: z
      .object({
        state: z.enum(STANDINGS),
        why: z.string().nullable(),
        runId: id.nullable(),
      })
      .meta({ description: "How far the comparison of the whole day is, and what it waits for or failed of" }),
    shipments: z.int(),
    open: z.int().meta({ description: "Shipments in which something differs" }),
    openBy: z.record(z.string(), z.int()).meta({ description: "Of those, by what they differ in" }),
    pairs: z.record(z.string(), counts),
    aspects: z.record(z.string(), counts),
    all: counts,
  })
  .meta({ id: "ReconciliationDay" });

export const reconciliationRowShape = z
  .object({
    day: z.string(),
    shipmentId: id.nullable().meta({ description: "null where Waypost knows no shipment of the transfer" }),
    name: z.string(),
    connection: z.string(),
    pickingId: z.int(),
    compared: z.array(z.object({ pair: z.string(), aspect: z.string(), verdict: z.string() })),
    differences: z.array(
      z.object({
        aspect: z.string(),
        said: z.object({ carrier: json, warehouse: json, waypost: json, odoo: json }),
        cause: z.string(),
        why: z.string(),
        changedBy: z.string().nullable(),
        changedAt: instant.nullable(),
      }),
    ),
    comparedAt: instant,
  })
  .meta({ id: "ReconciliationRow" });

export const readinessShape = z
  .object({
    list: z.string(),
    shipmentId: id,
    name: z.string(),
    order: z.string().nullable(),
    customer: z.string().nullable(),
    carrier: z.string().nullable(),
    warehouse: z.string().nullable(),
    since: instant,
    lines: z.array(z.object({ code: z.string(), quantity: z.number() })),
    valueMinor: z.number().nullable(),
    currency: z.string().nullable(),
    checkedAt: instant,
  })
  .meta({ id: "Readiness" });
