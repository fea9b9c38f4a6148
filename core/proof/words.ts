import type { LinkContent, LinkKind, ProofLink } from "./proof";

export type LinkWords = {
  title: string;
  /** One sentence of what this link says. */
  sentence: string;
};

const TITLE: Readonly<Record<LinkKind, string>> = {
  message: "Raw message",
  reading: "Read by",
  fact: "Fact",
  decision: "Decided by rule",
  posting: "Posting to Odoo",
  attempt: "Odoo's answer",
  read_back: "Read back from Odoo",
};

/** Puts a link of a proof in words: for the screen and for the command alike. */
export function linkInWords({ kind, content }: Pick<ProofLink, "kind" | "content">): LinkWords {
  const words = (name: string) => inWords(content[name]);
  const title = TITLE[kind];
  switch (kind) {
    case "message":
      return {
        title,
        sentence: `${words("feed")} sent ${words("size")} bytes, received ${words("receivedAt")}, SHA-256 ${words("sha256").slice(0, 16)}…${BYTES[words("bytesAgree")] ?? ""}${withheld(content)}`,
      };
    case "reading":
      return {
        title,
        sentence: `${words("adapter")} version ${words("adapterVersion")}, mapping version ${words("mappingVersion")}${meaning(content)}${AGAIN[words("readAgain")] ?? ""}`,
      };
    case "fact":
      return {
        title,
        sentence:
          content.sort === "claim"
            ? `${words("feed")} says ${words("attribute")}: ${words("value")}`
            : `${words("feed")} tells ${words("kind")}${content.occurredAt ? ` at ${words("occurredAt")}` : ", without a time"}`,
      };
    case "decision":
      return { title, sentence: ruleInWords(content) };
    case "posting":
      return {
        title,
        sentence: `${words("kind")} on ${recordName(content)}, key ${words("key").replaceAll(" ", "_")}, ${words("state")}${content.sealed === "none" ? "" : (SEAL[words("sealed")] ?? "")}`,
      };
    case "attempt":
      return {
        title: content.purpose === "look_up" ? "Looked up in Odoo" : title,
        sentence: `Attempt ${words("number")} at ${words("startedAt")}: ${words("outcome") || "no answer yet"}${content.reason ? `, ${words("reason")}` : ""}${SEAL[words("sealed")] ?? ""}`,
      };
    case "read_back":
      return {
        title,
        sentence: `At ${words("startedAt")} Odoo ${content.outcome === "holds" ? "held what was posted" : `said: ${words("outcome")}`}${SEAL[words("sealed")] ?? ""}`,
      };
  }
}

const BYTES: Readonly<Record<string, string>> = {
  yes: "; the stored bytes agree with it",
  no: "; the stored bytes do NOT agree with it",
  gone: "; the bytes are past their retention",
  "too large": "; the bytes are too many to be compared here",
};

function withheld({ bytes, bytesWithheld, bytesAgree }: LinkContent): string {
  if (bytes) return "";
  if (bytesWithheld === "messages:read") return " (not shown to you: you may not read messages)";
  return bytesAgree === "gone" ? "" : " (hash only)";
}

const SEAL: Readonly<Record<string, string>> = {
  intact: "; sealed when it was recorded, and unchanged",
  changed: "; CHANGED after it was recorded",
  removed: "; its seal was taken away",
  none: "; it carries no seal: it was recorded before answers were sealed",
};

const AGAIN: Readonly<Record<string, string>> = {
  same: "; read again now, it says the same",
  differs: "; read again now, it says something ELSE",
  "bytes gone": "; the bytes are past their retention",
  "other version": "; this Waypost has another version of the adapter",
  "too large": "; too large to be read again here",
};

function meaning(content: LinkContent): string {
  if (typeof content.word !== "string") return "";
  if (typeof content.means !== "string") return `, “${content.word}” has no entry of its own`;
  const by = content.meansBy === "person" ? `by ${inWords(content.mappingBy) || "a person"}` : "as shipped";
  return `, “${content.word}” means ${inWords(content.means)} since version ${inWords(content.meansSince)} (${by})`;
}

function ruleInWords(content: LinkContent): string {
  const value = inWords(content.value);
  const feed = inWords(content.feed);
  const others = Array.isArray(content.others) ? content.others.length : 0;
  switch (content.rule) {
    case "earliest_actual":
      return `The earliest actual ${value} counts: that of ${feed}${others ? `; ${others} more say so too or came later` : ""}`;
    case "implied_by_later":
      return `A later step implies ${value}; it is inferred and has no time`;
    case "implied_by_source":
      return `${feed} implies ${value} without saying when`;
    case "owner_decides":
      return `${feed} decides ${inWords(content.attribute)}: ${Array.isArray(content.order) ? content.order.map(inWords).join(" › ") : ""}${others ? `; ${others} said something else, kept as advice` : ""}`;
    case "person_decides":
      return `A person decided ${inWords(content.attribute)}, above every source`;
    case "numbers_of_scans":
      return `${feed} tells its scans under ${value}, and it decides tracking numbers`;
    case "exception_owned":
      return `Somebody owns the exception “${value}”`;
    default:
      return "The message asked for it; the facts have moved on since";
  }
}

function recordName({ record }: LinkContent): string {
  if (record === null || typeof record !== "object" || Array.isArray(record)) return "a record";
  return typeof record.name === "string" ? record.name : `${inWords(record.model)} ${inWords(record.id)}`;
}

function inWords(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return /^[a-z]+(_[a-z]+)+$/.test(value) ? value.replaceAll("_", " ") : value;
  return typeof value === "object" ? JSON.stringify(value).slice(0, 200) : String(value);
}
