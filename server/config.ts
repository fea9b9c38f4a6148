import { z } from "zod";

const flag = z
  .enum(["", "0", "1", "true", "false", "on", "off"])
  .default("")
  .transform((v) => v === "1" || v === "true" || v === "on");

const schema = z.object({
  DATABASE_URL: z.string().min(1),
  WAYPOST_SECRET_KEY: z.string().min(1),
  WAYPOST_DATA_DIR: z.string().default(".waypost"),
  WAYPOST_HOST: z.string().default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  WAYPOST_NEXT_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  WAYPOST_PUBLIC_URL: z.string().default(""),
  WAYPOST_TRUST_PROXY: z.string().default(""),
  WAYPOST_WORKER_SLOT: z.coerce.number().int().min(0).max(1000).default(0),
  WAYPOST_CREW: z.string().max(200).default(""),
  WAYPOST_MIN_FREE_MB: z.coerce.number().int().min(0).default(512),
  WAYPOST_METRICS_TOKEN: z.string().default(""),
  WAYPOST_DEMO: flag,
  ODOO_POSTING: flag,
  SMTP_URL: z
    .string()
    .regex(/^$|^smtps?:\/\/[^/\s]+\/?(\?\S*)?$/, "must look like smtp://user:password@host:587 or smtps://host")
    .default(""),
  SMTP_FROM: z.string().max(200).default(""),
});

export type Config = {
  databaseUrl: string;
  /** 32 bytes; seals stored secrets. */
  secretKey: Buffer;
  dataDir: string;
  host: string;
  port: number;
  nextPort: number;
  publicUrl: string;
  trustProxy: string;
  slot: number;
  /** The `npm start` that keeps this worker; null where something else runs it. */
  crew: string | null;
  minFreeBytes: number;
  metricsToken: string;
  demo: boolean;
  odooPosting: boolean;
  /** The mail server and the sender's address; null where no mail is sent. */
  smtp: { url: string; from: string } | null;
};

/** Reads the environment once; throws one sentence that names the wrong variable. */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Error(
      `${issue?.path.join(".") ?? "environment"} is missing or wrong: ${issue?.message ?? "see .env.example"}`,
    );
  }
  const e = parsed.data;
  const secretKey = Buffer.from(e.WAYPOST_SECRET_KEY, "base64");
  if (secretKey.length !== 32)
    throw new Error("WAYPOST_SECRET_KEY must be 32 bytes in base64 (openssl rand -base64 32).");
  return {
    databaseUrl: e.DATABASE_URL,
    secretKey,
    dataDir: e.WAYPOST_DATA_DIR,
    host: e.WAYPOST_HOST,
    port: e.PORT,
    nextPort: e.WAYPOST_NEXT_PORT,
    publicUrl: e.WAYPOST_PUBLIC_URL || `http://${e.WAYPOST_HOST}:${e.PORT}`,
    trustProxy: e.WAYPOST_TRUST_PROXY,
    slot: e.WAYPOST_WORKER_SLOT,
    crew: e.WAYPOST_CREW || null,
    minFreeBytes: e.WAYPOST_MIN_FREE_MB * 1_048_576,
    metricsToken: e.WAYPOST_METRICS_TOKEN,
    demo: e.WAYPOST_DEMO,
    odooPosting: e.ODOO_POSTING,
    smtp: e.SMTP_URL === "" ? null : { url: e.SMTP_URL, from: e.SMTP_FROM || "Waypost <waypost@localhost>" },
  };
}
