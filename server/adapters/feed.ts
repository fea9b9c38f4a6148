import type { AdapterName, CrosswalkKind } from "@/core/feeds/feed";
import type { Outcome } from "@/core/outcome";
import type { Facts } from "@/core/shipments/facts";

export type RawMessage = {
  /** Its receipt, once it is stored. */
  id?: string;
  bytes: Uint8Array;
  contentType: string | null;
  /** Lower-case names; secrets already masked. */
  headers: Readonly<Record<string, string>>;
  receivedAtMs: number;
  /** File name, record id or the like, where the way in knows one. */
  name: string | null;
  /** Of a part of a file: the rows of the file that its records stand in, in order, so that what is told about a row is told about the file's. */
  rows?: readonly number[];
};

/** A document cut into parts that say the same, each of which reads alone under these settings. Parts are made one by one. */
export type Cut = { settings: unknown; count: number; parts: Iterable<RawMessage> };

/** What an adapter may ask while it translates. Pure: the answers are fixed for one interpretation. */
export type TranslateContext = {
  feedId: number;
  /** IANA zone of the feed, for wall clocks without zone; null = none configured. */
  zone: string | null;
  receivedAtMs: number;
  /** Looks a source's word up in the feed's crosswalk; undefined when nobody has mapped it. Words are compared as given. */
  lookup: (kind: CrosswalkKind, word: string) => string | undefined;
  /**
   * IANA zone of a place as the source names it ("US/VT", "CA/ON"); undefined when it cannot be told. An adapter that reads local
   * times of places brings a table of its own, which this one replaces.
   */
  zoneOfPlace?: (place: string) => string | undefined;
  /** Feed settings of this adapter, as validated by its `parseSettings`. */
  settings: unknown;
};

/** Cheap look at the raw bytes, at the door: never throws, never refuses. */
export type Peek = {
  /** The sender's own id of this delivery, where there is one. */
  deliveryId: string | null;
  /** What messages of one shipment have in common (a tracking number); spreads and orders the lanes. */
  laneKey: string | null;
};

export type Ack = { fileName: string; contentType: string; body: string };

/** One adapter per outside system: pure but for nothing. `Parsed` is private to the adapter. */
export type FeedAdapter = {
  name: AdapterName;
  /** Bumped when the same bytes and mapping would give other facts. */
  version: number;
  label: string;
  /** Content types the door accepts for it; compared without parameters. */
  contentTypes: readonly string[];
  /** Crosswalk packs by kind: the seed of a new feed's crosswalk, word -> our value. */
  packs: Partial<Record<CrosswalkKind, Readonly<Record<string, string>>>>;
  /** Validates and fills the settings of a feed of this adapter; throws ZodError. */
  parseSettings: (raw: unknown) => unknown;
  peek: (message: RawMessage) => Peek;
  /** Says how sure it is (0..1) that such bytes are its own, for `--adapter auto` and onboarding. */
  recognise: (message: RawMessage) => number;
  /** The outcome's problems and the facts' are the same list; the facts may lack shipments and still be read (`ignored` says why). */
  interpret: (message: RawMessage, context: TranslateContext) => Outcome<Facts>;
  /**
   * Cuts a document that is too large to be read at once; what belongs to one shipment stays in one part. null where there is nothing to cut.
   */
  split?: (message: RawMessage, settings: unknown) => Cut | null;
  /** Acknowledgement document due to the sender (X12 997), if the format has one. */
  acknowledge?: (message: RawMessage, outcome: Outcome<Facts>, controlNumber: number) => Ack | null;
  /** Sends a signed example through the real door: bytes of one made-up but valid message, and its file name where the format needs one. */
  sample: (seed: { atMs: number; number: string }) => { bytes: Uint8Array; contentType: string; name?: string };
};
