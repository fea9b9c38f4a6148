// The sender of the soak, a process of its own: signed messages due at fixed instants, each latency counted from the instant it was due, so that
// a door that stalls is charged for what waited meanwhile. Shipments live 15 events each. Prints one JSON line a period, with its own delays.
import { createHmac } from "node:crypto";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { connect } from "./door-load.mjs";

const { slug, secret, port, rate, barePort, bareRate, periodMs } = JSON.parse(process.argv[2]);
const ALIVE = 2000;
const EVENTS = 15;
const HOUR = 3_600_000;
const pad = "x".repeat(1010);
const startedMs = Date.now();

const statusOf = (event) =>
  event === 0
    ? "pre_transit"
    : event < EVENTS - 3
      ? "in_transit"
      : event < EVENTS - 1
        ? "out_for_delivery"
        : "delivered";

/** Message i: event after event of two thousand shipments side by side, then of the next two thousand. One shipment in a hundred has a word nobody knows. */
function makeMessage(i) {
  const round = Math.floor(i / (ALIVE * EVENTS));
  const event = Math.floor(i / ALIVE) % EVENTS;
  const shipment = round * ALIVE + ((i * 7919) % ALIVE);
  const at = new Date(startedMs - (EVENTS - event) * HOUR + (i % HOUR)).toISOString();
  const status = shipment % 100 === 7 && event === 5 ? `odd_${shipment % 700}` : statusOf(event);
  const location = { object: "TrackingLocation", city: `X${shipment % 97}`, country: "US" };
  const detail = {
    object: "TrackingDetail",
    status,
    message: `SCAN ${event}`,
    datetime: at,
    tracking_location: location,
  };
  const code = `1ZSOAK${String(shipment).padStart(9, "0")}`;
  const about = { object: "Tracker", tracking_code: code, carrier: "UPS", status, updated_at: at };
  const result = { ...about, tracking_details: [detail], pad };
  return Buffer.from(JSON.stringify({ id: `evt_soak_${i}`, object: "Event", description: "tracker.updated", result }));
}

/** The bytes of one POST. */
function requestOf(body) {
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  const head = `POST /api/feeds/${slug} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nx-hmac-signature: hmac-sha256-hex=${signature}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

const now = () => performance.now();

/** Sends at a fixed rate over kept connections until stopped. */
async function pace(to, perSecond, connections, makeBody) {
  const state = { measuring: true, ok: 0, acknowledged: 0, codes: {}, latencies: [], sample: "", lags: [], lost: 0 };
  const free = [];
  const due = [];
  let next = 0;
  let stopped = false;
  const send = (connection, at) => {
    connection.send(requestOf(makeBody(next++)), at);
    state.lags.push(now() - at);
  };
  const done = (connection) => {
    const at = due.shift();
    if (at === undefined || stopped) free.push(connection);
    else send(connection, at);
  };
  const all = new Set();
  /** Opens one more connection; the door ends those that stay silent for long, as any server does, and another takes the place. */
  const open = async () => {
    const connection = connect(to, state, now, done);
    all.add(connection);
    connection.socket.on("error", () => {});
    connection.socket.on("close", () => {
      all.delete(connection);
      const at = free.indexOf(connection);
      if (at >= 0) free.splice(at, 1);
      else if (!stopped) state.lost++; // a message was on its way
      if (!stopped) setTimeout(() => open().catch(() => {}), 50);
    });
    await connection.ready;
    free.push(connection);
  };
  await Promise.all(Array.from({ length: connections }, open));
  const startedAt = now();
  let scheduled = 0;
  const ticker = setInterval(() => {
    while (scheduled < ((now() - startedAt) * perSecond) / 1000) {
      const at = startedAt + (scheduled++ * 1000) / perSecond;
      const connection = free.shift(); // in turn, so that none stays silent for long
      if (connection) send(connection, at);
      else due.push(at);
    }
  }, 1);
  return {
    take() {
      const latencies = state.latencies;
      const lags = state.lags;
      const told = {
        scheduled,
        acknowledged: state.acknowledged,
        waiting: due.length,
        lost: state.lost,
        codes: state.codes,
      };
      state.latencies = [];
      state.lags = [];
      state.codes = {};
      return { ...told, latencies: latencies.map((ms) => Math.round(ms * 100) / 100), lagP99: percentile(lags, 99) };
    },
    async stop() {
      clearInterval(ticker);
      const until = now() + 5000;
      while (free.length < all.size && now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
      stopped = true;
      for (const connection of all) connection.socket.destroy();
    },
  };
}

function percentile(values, p) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil((sorted.length * p) / 100) - 1)] ?? null;
}

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const door = port ? await pace(port, rate, 50, makeMessage) : null;
let probes = 0;
const bare = barePort
  ? await pace(barePort, bareRate, 50, () => makeMessage(1_000_000_000 + startedMs + probes++))
  : null;
let cpu = process.cpuUsage();
let since = now();

function tell(last) {
  const used = process.cpuUsage(cpu);
  const cores = (used.user + used.system) / 1000 / (now() - since);
  cpu = process.cpuUsage();
  since = now();
  const own = { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6, cores };
  delay.reset();
  process.stdout.write(`${JSON.stringify({ last, own, door: door?.take() ?? null, bare: bare?.take() ?? null })}\n`);
}

const reporter = setInterval(() => tell(false), periodMs);
process.on("SIGTERM", async () => {
  clearInterval(reporter);
  await Promise.all([door?.stop(), bare?.stop()]);
  tell(true);
  process.exit(0);
});
