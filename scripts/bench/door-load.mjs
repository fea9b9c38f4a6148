// Load for the door: signed messages like an aggregator's webhooks, sent over raw sockets with one request in flight per connection.
import { createHmac, randomBytes } from "node:crypto";
import net from "node:net";

/** A signed tracker message of about 1.5 kB; everything that names it is unique. */
export function makeBody(tag, i, size = 1500) {
  const id = `${tag}${i.toString(36).padStart(7, "0")}`;
  const at = new Date(1_790_000_000_000 + i * 37).toISOString();
  const place = { object: "TrackingLocation", city: "LEIPZIG", state: "SN", country: "DE", zip: "04435" };
  const detail = { object: "TrackingDetail", message: "Arrived at facility", status: "in_transit", datetime: at };
  const body = {
    id: `evt_${id}`,
    object: "Event",
    mode: "production",
    description: "tracker.updated",
    created_at: at,
    updated_at: at,
    previous_attributes: { status: "pre_transit" },
    result: {
      id: `trk_${id}`,
      object: "Tracker",
      tracking_code: `1ZBENCH${String(i % 5000).padStart(8, "0")}`,
      status: "in_transit",
      status_detail: "arrived_at_facility",
      created_at: at,
      updated_at: at,
      weight: 17.6,
      carrier: "UPS",
      tracking_details: [{ ...detail, status_detail: "arrived_at_facility", source: "UPS", tracking_location: place }],
      carrier_detail: { object: "CarrierDetail", service: "Ground", origin_location: "HOUSTON TX, 77001" },
    },
  };
  const short = size - JSON.stringify(body).length - 11;
  if (short > 0) body.result.note = "x".repeat(short);
  return Buffer.from(JSON.stringify(body));
}

export const runTag = () => Date.now().toString(36) + randomBytes(2).toString("hex");

/** The bytes of one POST, signed as EasyPost signs. */
export function makeRequest({ slug, secret, body, contentType = "application/json" }) {
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  const head = `POST /api/feeds/${slug} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: ${contentType}\r\ncontent-length: ${body.length}\r\nx-hmac-signature: hmac-sha256-hex=${signature}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/**
 * Sends requests for some seconds and resolves to counts and latencies. With `rate` the load is open: requests are due at fixed
 * instants and their latency counts from there. Loopback only.
 */
export async function load({ port, requests, connections, warmupMs, durationMs, rate = 0 }) {
  const state = {
    next: 0,
    stopped: false,
    measuring: false,
    ok: 0,
    acknowledged: 0,
    codes: {},
    latencies: [],
    sample: "",
  };
  const free = [];
  const due = [];
  const now = () => performance.now();
  const done = (connection) => {
    if (state.stopped || state.next >= requests.length) return connection.socket.end();
    if (!rate) return connection.send(requests[state.next++], now());
    const at = due.shift();
    if (at === undefined) free.push(connection);
    else connection.send(requests[state.next++], at);
  };
  const all = Array.from({ length: connections }, () => connect(port, state, now, done));
  await Promise.all(all.map((connection) => connection.ready));
  const startedAt = now();
  let ticker;
  if (rate) {
    free.push(...all);
    let scheduled = 0;
    ticker = setInterval(() => {
      while (scheduled < ((now() - startedAt) * rate) / 1000) {
        const at = startedAt + (scheduled++ * 1000) / rate;
        const connection = free.pop();
        if (connection) connection.send(requests[state.next++], at);
        else due.push(at);
      }
    }, 1);
  } else for (const connection of all) connection.send(requests[state.next++], now());
  await sleep(warmupMs);
  state.measuring = true;
  const from = now();
  await sleep(durationMs);
  const seconds = (now() - from) / 1000;
  state.measuring = false;
  state.stopped = true;
  clearInterval(ticker);
  await Promise.race([Promise.all(all.map((connection) => connection.closed)), sleep(5000)]);
  for (const connection of all) connection.socket.destroy();
  const sorted = Float64Array.from(state.latencies).sort();
  const at = (p) => sorted[Math.max(0, Math.ceil((sorted.length * p) / 100) - 1)] ?? Number.NaN;
  return {
    perSecond: state.ok / seconds,
    codes: state.codes,
    acknowledged: state.acknowledged,
    exhausted: state.next >= requests.length,
    p50: at(50),
    p95: at(95),
    p99: at(99),
    sample: state.sample,
  };
}

/** One kept connection with one request in flight; counts answers into `state` and calls `done` after each. */
export function connect(port, state, now, done) {
  const socket = net.connect({ host: "127.0.0.1", port });
  socket.setNoDelay(true);
  let buffer = null;
  let sentAt = 0;
  const connection = {
    socket,
    ready: new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject)),
    closed: new Promise((resolve) => socket.once("close", resolve)),
    send: (request, at) => {
      sentAt = at;
      socket.write(request);
    },
  };
  socket.on("data", (part) => {
    buffer = buffer ? Buffer.concat([buffer, part]) : part;
    const end = buffer.indexOf("\r\n\r\n");
    if (end < 0) return;
    const head = buffer.toString("latin1", 0, end).toLowerCase();
    const length = Number(/content-length: *(\d+)/.exec(head)?.[1] ?? 0);
    if (buffer.length < end + 4 + length) return;
    const code = head.slice(9, 12);
    const text =
      code < "300" && state.sample ? "" : buffer.toString("utf8", end + 4, Math.min(buffer.length, end + 304));
    buffer = null;
    if (code < "300") state.acknowledged++;
    if (!state.sample || code >= "300") state.sample = text;
    if (state.measuring) {
      state.codes[code] = (state.codes[code] ?? 0) + 1;
      if (code < "300") {
        state.ok++;
        state.latencies.push(now() - sentAt);
      }
    }
    done(connection);
  });
  return connection;
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
