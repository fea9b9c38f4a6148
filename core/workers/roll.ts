import { spanInWords } from "@/core/duration";

/** A process that says nothing for so long is silent. */
export const SILENT_MS = 30_000;
/** A silent one that nobody started again is told for so long. */
const TOLD_MS = 3_600_000;

export type Beat = { process: string; role: string; startedAt: Date; beatAt: Date; facts: unknown };

/** A worker process as it last told. `crew` names the `npm start` that keeps it; null: something else runs it. */
export type WorkerStanding = {
  process: string;
  host: string;
  pid: number | null;
  slot: number | null;
  crew: string | null;
  startedAt: Date;
  beatAt: Date;
  silent: boolean;
  /** Messages through the pipeline since its start, and a second of late. */
  advanced: number;
  perSecond: number;
  rssMb: number | null;
};

/** An `npm start` that keeps a number of workers. */
export type CrewStanding = { process: string; host: string; wanted: number; byEnvironment: number };

export type Flow = "ok" | "late" | "broken";
export type Roll = {
  workers: WorkerStanding[];
  crews: CrewStanding[];
  /** Workers that speak. */
  running: number;
  perSecond: number;
  flow: Flow;
  words: string;
};

/**
 * Reads the heartbeats: which workers run, which fell silent, and who keeps them. One that has not spoken since another began in its place
 * (host and slot) is forgotten at once, any other an hour after it spoke last.
 */
export function callRoll(beats: readonly Beat[], nowMs: number): Roll {
  const silentMs = (beat: Beat) => nowMs - beat.beatAt.getTime();
  const crews = beats
    .filter((beat) => beat.role === "supervisor" && silentMs(beat) < SILENT_MS)
    .map((beat): CrewStanding => {
      const facts = factsOf(beat);
      return {
        process: beat.process,
        host: hostOf(beat.process),
        wanted: numberOf(facts.wanted) ?? 0,
        byEnvironment: numberOf(facts.byEnvironment) ?? 0,
      };
    });
  const kept = new Set(crews.map(({ process }) => process));
  const all = beats
    .filter((beat) => beat.role === "worker" && silentMs(beat) < TOLD_MS)
    .map((beat): WorkerStanding => {
      const facts = factsOf(beat);
      const crew = typeof facts.crew === "string" && kept.has(facts.crew) ? facts.crew : null;
      const silent = silentMs(beat) >= SILENT_MS;
      return {
        process: beat.process,
        host: hostOf(beat.process),
        pid: numberOf(Number(beat.process.split("/")[1])),
        slot: numberOf(facts.slot),
        crew,
        startedAt: beat.startedAt,
        beatAt: beat.beatAt,
        silent,
        advanced: numberOf(facts.advanced) ?? 0,
        perSecond: silent ? 0 : (numberOf(facts.perSecond) ?? 0),
        rssMb: numberOf(facts.rssMb),
      };
    });
  const workers = all
    .filter((one) => !all.some((other) => tookPlaceOf(other, one)))
    .sort((a, b) => a.host.localeCompare(b.host) || (a.slot ?? 0) - (b.slot ?? 0));
  const running = workers.filter(({ silent }) => !silent).length;
  const perSecond = workers.reduce((sum, one) => sum + one.perSecond, 0);
  return { workers, crews, running, perSecond, ...verdict(workers, crews, running, nowMs) };
}

function verdict(
  workers: readonly WorkerStanding[],
  crews: readonly CrewStanding[],
  running: number,
  nowMs: number,
): { flow: Flow; words: string } {
  const silent = workers.filter((one) => one.silent);
  if (running === 0) {
    const last = Math.max(...silent.map(({ beatAt }) => beatAt.getTime()));
    const runs = silent.length > 0 ? `has run for ${spanInWords(nowMs - last)}` : "runs";
    return { flow: "broken", words: `No worker ${runs}: what comes in is kept and waits` };
  }
  const wanted = crews.reduce((sum, crew) => sum + crew.wanted, 0);
  const kept = workers.filter((one) => one.crew !== null && !one.silent).length;
  if (silent.length > 0) {
    const longest = Math.max(...silent.map(({ beatAt }) => nowMs - beatAt.getTime()));
    const those = silent.length === 1 ? "One worker has" : `${silent.length} workers have`;
    return {
      flow: "late",
      words: `${those} been silent for ${spanInWords(longest)}, ${running} ${running === 1 ? "works" : "work"} on`,
    };
  }
  if (kept < wanted) return { flow: "late", words: `${kept} of ${wanted} workers run, the others are starting` };
  if (kept > wanted && crews.length > 0)
    return {
      flow: "late",
      words: `${running} workers run, ${kept - wanted} of them ${kept - wanted === 1 ? "is" : "are"} ending`,
    };
  return { flow: "ok", words: running === 1 ? "One worker runs" : `${running} workers run` };
}

function tookPlaceOf(other: WorkerStanding, one: WorkerStanding): boolean {
  return (
    other.process !== one.process &&
    other.host === one.host &&
    other.slot === one.slot &&
    other.startedAt.getTime() > one.beatAt.getTime()
  );
}

function factsOf(beat: Beat): Record<string, unknown> {
  return typeof beat.facts === "object" && beat.facts !== null ? (beat.facts as Record<string, unknown>) : {};
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function hostOf(process: string): string {
  return process.split("/")[0] ?? process;
}
