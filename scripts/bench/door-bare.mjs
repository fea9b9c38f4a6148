// The yardstick of the door: node:http, the signature, JSON.parse, and one table filled by multi-row inserts; answers after the commit.
// It calls equal keys of one statement fresh and one bad row fails its statement: a limit, not a model.
import { createHmac, timingSafeEqual } from "node:crypto";
import http from "node:http";
import postgres from "postgres";

const { DATABASE_URL, SECRET } = process.env;
const sql = postgres(DATABASE_URL, { max: 4, onnotice: () => {} });
const MOST_ROWS = 500;
const WAIT_MS = 2;
const IN_FLIGHT = 2;
const rows = [];
let timer = null;
let running = 0;

function add(key, body) {
  return new Promise((resolve, reject) => {
    rows.push({ key, body, resolve, reject });
    if (rows.length >= MOST_ROWS) void flush();
    else timer ??= setTimeout(flush, WAIT_MS);
  });
}

async function flush() {
  clearTimeout(timer);
  timer = null;
  if (rows.length === 0 || running >= IN_FLIGHT) return;
  const batch = rows.splice(0, MOST_ROWS);
  running++;
  try {
    const bodies = sql.array(
      batch.map((row) => row.body),
      1001,
    );
    const stored = await sql`insert into bare_message (source, dedup_key, body)
      select 'easypost', * from unnest(${batch.map((row) => row.key)}::text[], ${bodies}::bytea[])
      on conflict do nothing returning dedup_key`;
    const fresh = new Set(stored.map((row) => row.dedup_key));
    for (const row of batch) row.resolve(fresh.has(row.key));
  } catch (error) {
    for (const row of batch) row.reject(error);
  } finally {
    running--;
    if (rows.length > 0) queueMicrotask(flush);
  }
}

const PREFIX = "hmac-sha256-hex=";

const server = http.createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", async () => {
    const answer = (status, json) => {
      const text = JSON.stringify(json);
      response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
      response.end(text);
    };
    try {
      const raw = parts.length === 1 ? parts[0] : Buffer.concat(parts);
      const given = Buffer.from(String(request.headers["x-hmac-signature"] ?? "").slice(PREFIX.length), "hex");
      const wanted = createHmac("sha256", SECRET).update(raw).digest();
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return answer(401, { error: "signature" });
      answer(200, { stored: await add(JSON.parse(raw.toString()).id, raw) });
    } catch (error) {
      answer(500, { error: error.message });
    }
  });
});
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: server.address().port })));
process.on("SIGTERM", () => process.exit(0));
