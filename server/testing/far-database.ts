import net from "node:net";

export type FarDatabase = { url: string; close: () => Promise<void> };

/**
 * The same database, each answer so many ms away, as one on another machine is. What waits for it is then not short of a processor, so that a
 * second process is a gain on any machine.
 */
export async function farDatabase(url: string, delayMs: number): Promise<FarDatabase> {
  const there = new URL(url);
  const open = new Set<net.Socket>();
  const server = net.createServer((near) => {
    const far = net.connect(Number(there.port || 5432), there.hostname);
    const keep = (one: net.Socket, other: net.Socket) => {
      open.add(one);
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
      one.on("error", () => other.destroy());
    };
    keep(near, far);
    keep(far, near);
    near.pipe(far);
    far.on("data", (bytes) => setTimeout(() => near.destroyed || near.write(bytes), delayMs));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const near = new URL(url);
  near.hostname = "127.0.0.1";
  near.port = String((server.address() as net.AddressInfo).port);
  return {
    url: near.href,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
