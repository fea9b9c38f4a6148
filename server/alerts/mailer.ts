import { createTransport } from "nodemailer";

export type Letter = { id: string; address: string; subject: string; text: string; html: string };

/** sent: the mail server took it. refused: it never will take this mail. later: nothing is known against the mail itself. */
export type MailResult = { end: "sent" | "refused" | "later"; said: string };

export type Mailer = { send: (letter: Letter) => Promise<MailResult>; close: () => void };

/** Speaks SMTP with the server named by its URL. A mail keeps its Message-ID over all tries. */
export function makeMailer(smtp: { url: string; from: string }): Mailer {
  const transport = createTransport({
    url: smtp.url,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ id, address, subject, text, html }) {
      try {
        const done = await transport.sendMail({
          from: smtp.from,
          to: { name: "", address },
          subject,
          text,
          html,
          messageId: `<${id}@waypost>`,
          headers: { "Auto-Submitted": "auto-generated" },
        });
        return { end: "sent", said: clip(done.response) };
      } catch (error) {
        return { end: isAgainstTheMail(error) ? "refused" : "later", said: clip(wordsOf(error)) };
      }
    },
    close: () => transport.close(),
  };
}

/** A final answer (5xx) to the recipient or the content; one to the greeting or the login is about the connection. */
function isAgainstTheMail(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? error.code : null;
  const answer = "responseCode" in error && typeof error.responseCode === "number" ? error.responseCode : 0;
  return answer >= 500 && (code === "EENVELOPE" || code === "EMESSAGE");
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function clip(text: string): string {
  return text.replace(/\s+/g, " ").trim().slice(0, 300);
}
