import { linkOf, textOf } from "../call";
import { companiesContext, companyContext, escapeHtml, externalId, type PostingKindOf, type RequestOf } from "./kind";

type Note = RequestOf<"status_note">;

/** The message id (RFC 5322 form) under which the note is found again; Odoo keeps it as given, in an indexed column. */
export function noteMessageId(key: string): string {
  return `<${externalId(key)}@waypost>`;
}

/** The note as HTML: headline, lines, and the correlation id in small print. */
export function noteBody(request: Pick<Note, "desired" | "correlationId">): string {
  const { headline, lines } = request.desired;
  const text = lines.map((line) => `<br>${escapeHtml(line)}`).join("");
  return `<p><strong>${escapeHtml(headline)}</strong>${text}</p><p><small>Waypost ${escapeHtml(request.correlationId)}</small></p>`;
}

/**
 * Puts a note into the chatter by `load` with an external id: the one creation that Odoo makes at most once, also for a call that
 * finishes after our time-out. It goes around `message_post`, so no follower is notified.
 */
export const statusNote: PostingKindOf<"status_note"> = {
  kind: "status_note",
  looksFirst: false,
  together: { most: 200, like: () => "" },
  read: (requests) => [
    {
      model: "mail.message",
      method: "search_read",
      args: {
        domain: [["message_id", "in", requests.map((request) => noteMessageId(request.key))]],
        fields: ["message_id", "model", "res_id", "date", "author_id"],
      },
      context: companiesContext(requests),
    },
  ],
  call: (request) => ({
    do: "send",
    calls: [
      {
        model: "mail.message",
        method: "load",
        args: {
          fields: ["id", "model", "res_id", "body", "message_type", "subtype_id/id", "message_id"],
          data: [
            [
              externalId(request.key),
              request.record.model,
              String(request.record.id),
              noteBody(request),
              "notification",
              "mail.mt_note",
              noteMessageId(request.key),
            ],
          ],
        },
        context: companyContext(request),
      },
    ],
  }),
  verify: (request, [messages = []]) => {
    const messageId = noteMessageId(request.key);
    const notes = messages.filter((row) => row.message_id === messageId);
    const here = notes.filter((row) => row.res_id === request.record.id && row.model === request.record.model);
    const note = here[0];
    if (note) {
      const found = { messages: here.map((row) => row.id), author: linkOf(note.author_id)?.name ?? null };
      if (here.length > 1) return { verdict: "differs", reason: `The note stands ${here.length} times.`, found };
      return { verdict: "holds", reason: "The note stands in the chatter.", found };
    }
    if (notes[0])
      return {
        verdict: "differs",
        reason: "The note stands on another record.",
        found: { model: textOf(notes[0].model), id: notes[0].res_id },
      };
    return { verdict: "absent", reason: "The note is not in the chatter.", found: {} };
  },
};
