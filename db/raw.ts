import postgres from "postgres";

/** Settings of every client of ours. */
export function clientSettings(options: { max?: number; application?: string } = {}) {
  return {
    max: options.max ?? 10,
    onnotice: () => {},
    // no statement of ours runs long enough to earn back what compiling it costs: at a million shipments that alone took 40-150 ms of a page
    connection: { application_name: options.application ?? "waypost", jit: "off" } as { application_name: string },
    connect_timeout: 10,
    // the default waits up to 20 s before it tries again, and everything with it, when the server was restarted long ago
    backoff: (retries: number) => Math.min(0.5, 0.05 * 2 ** retries),
  };
}

/** The raw client alone, for a process that reads no tables by their schema: drizzle is 150 MB of memory once loaded. */
export function openRaw(url: string, options: { max?: number; application?: string } = {}): postgres.Sql {
  return postgres(url, clientSettings(options));
}
