// `npm run interpret`: what the adapters make of files, as JSON lines, without a database.
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import type { RawMessage } from "@/server/adapters/feed";
import { adapterNamed, adapters, recogniseAdapter } from "@/server/adapters/registry";
import { interpretFile } from "./interpret";

const USAGE = "npm run -s interpret -- --adapter NAME FILE...";

function main(): void {
  const { values, positionals } = readArguments();
  const names = [...adapters.map(({ name }) => name), "auto"];
  const name = values.adapter;
  if (name === undefined || !names.includes(name as (typeof names)[number])) {
    refuse(`--adapter must be one of ${names.join(", ")}: ${USAGE}`);
  }
  if (positionals.length === 0) refuse(`name at least one file: ${USAGE}`);
  const settings = values.settings === undefined ? undefined : readSettings(values.settings, name ?? "");
  for (const file of positionals) {
    const message = readMessage(file);
    if (message === null) continue;
    const adapter = name === "auto" ? (recogniseAdapter(message)?.adapter ?? null) : adapterNamed(name ?? "");
    const lines = interpretFile(file, adapter, message, settings);
    process.stdout.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  }
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { adapter: { type: "string" }, settings: { type: "string" } },
    });
  } catch (error) {
    return refuse(`${error instanceof Error ? error.message : String(error)}. ${USAGE}`);
  }
}

/** npm runs scripts in the project's folder; a relative name may have been meant from where npm was called. */
function placeOf(file: string): string {
  const called = process.env.INIT_CWD;
  return fs.existsSync(file) || called === undefined ? file : path.resolve(called, file);
}

/** Settings of a feed of the named adapter, as the screens save them. */
function readSettings(file: string, adapter: string): unknown {
  try {
    const settings: unknown = JSON.parse(fs.readFileSync(placeOf(file), "utf8"));
    adapterNamed(adapter)?.parseSettings(settings);
    return settings;
  } catch (error) {
    return refuse(`the settings in ${file} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readMessage(file: string): RawMessage | null {
  try {
    const bytes = fs.readFileSync(placeOf(file));
    return { bytes, contentType: null, headers: {}, receivedAtMs: Date.now(), name: path.basename(file) };
  } catch (error) {
    console.error(`waypost: ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
    return null;
  }
}

function refuse(sentence: string): never {
  console.error(`waypost: ${sentence}`);
  process.exit(1);
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
main();
