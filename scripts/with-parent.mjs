// Preloaded into every child: leave when the supervisor is gone, since kill -9 leaves it no chance for an ordered stop.
const parent = Number(process.env.WAYPOST_SUPERVISOR_PID) || process.ppid;
delete process.env.WAYPOST_SUPERVISOR_PID; // a grandchild that inherits this preload watches its own parent
let orphanedAt = 0;
setInterval(() => {
  if (process.ppid === parent) return;
  if (orphanedAt === 0) process.kill(process.pid, "SIGTERM");
  orphanedAt ||= Date.now();
  if (Date.now() - orphanedAt > 8_000) process.kill(process.pid, "SIGKILL");
}, 250).unref();
