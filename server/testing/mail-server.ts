import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

export type Letter = { to: string; subject: string; text: string };
export type MailServer = {
  url: string;
  letters: Letter[];
  behave: (how: "take" | "busy" | "refuse", address?: string) => void;
  close: () => Promise<void>;
};

/** A real SMTP server on loopback that keeps what it takes, and can be told to be busy (421) or to refuse an address (550). */
export async function startMailServer(): Promise<MailServer> {
  const letters: Letter[] = [];
  let how = "take";
  let refused: string | undefined;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    logger: false,
    onMailFrom: (_address, _session, done) => done(how === "busy" ? answer(421, "Come back later") : null),
    onRcptTo: ({ address }, _session, done) =>
      done(how === "refuse" && address === refused ? answer(550, "No such mailbox") : null),
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        const raw = Buffer.concat(parts).toString("utf8");
        letters.push({
          to: session.envelope.rcptTo.map((to) => to.address).join(","),
          subject: /^Subject: (.*(?:\r?\n[ \t].*)*)/m.exec(raw)?.[1]?.replace(/\r?\n[ \t]/g, " ") ?? "",
          text: raw.replace(/=\r?\n/g, ""),
        });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    letters,
    behave(next, address) {
      how = next;
      refused = address;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function answer(code: number, words: string): Error {
  return Object.assign(new Error(words), { responseCode: code });
}
