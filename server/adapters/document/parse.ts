import { hash } from "node:crypto";
import { type Outcome, read, unread } from "@/core/outcome";
import { shown } from "@/core/raw-text";
import type { Coordinates } from "@/core/shipments/delivery-place";
import { takenAt } from "./taken-at";

export const DOCUMENT_TYPES = ["application/pdf", "image/png", "image/jpeg"] as const;
export type DocumentType = (typeof DOCUMENT_TYPES)[number];

/** `taken` is where a photo says it was taken. */
export type Document = { mimeType: DocumentType; sha1: string; byteLength: number; taken: Coordinates | null };

/** Odoo's attachments and the posting take no more (core/postings/desired.ts). */
const MOST_BYTES = 25_000_000;

const STARTS: readonly { type: DocumentType; bytes: readonly number[] }[] = [
  { type: "application/pdf", bytes: [0x25, 0x50, 0x44, 0x46, 0x2d] },
  { type: "image/png", bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { type: "image/jpeg", bytes: [0xff, 0xd8, 0xff] },
];
/** A PDF may have some bytes before its header (PDF 1.7, implementation note 13: within the first 1,024). */
const PDF_HEADER_WITHIN = 1_024;

/** The type of a document by its own first bytes; what a sender or a file name calls it is not asked. null for anything else. */
export function documentType(bytes: Uint8Array): DocumentType | null {
  for (const { type, bytes: start } of STARTS) if (start.every((byte, i) => bytes[i] === byte)) return type;
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, PDF_HEADER_WITHIN));
  return head.includes("%PDF-", 0, "latin1") ? "application/pdf" : null;
}

/** Reads what a document is: its type, SHA-1, length and place. The bytes stay as they are. */
export function parseDocument(bytes: Uint8Array): Outcome<Document> {
  const mimeType = documentType(bytes);
  if (mimeType === null) {
    const start = Buffer.from(bytes.subarray(0, 40)).toString("latin1");
    const found = shown(start.replace(/[^\x20-\x7e]+/g, " ").trim()) || null;
    return unread({ kind: "unreadable", at: "", found, expected: "a PDF, PNG or JPEG document" });
  }
  const byteLength = bytes.byteLength;
  if (byteLength > MOST_BYTES) {
    const expected = `a document of at most ${MOST_BYTES} bytes`;
    return unread({ kind: "bad_value", at: "", found: `${byteLength} bytes`, expected });
  }
  const taken = mimeType === "image/jpeg" ? takenAt(bytes) : null;
  return read({ mimeType, sha1: hash("sha1", bytes), byteLength, taken });
}
