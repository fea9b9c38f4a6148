// A reason not to go on that its reader can mend: shown as one sentence, without a stack, with a non-zero exit.
export class Refusal extends Error {}

/** Runs a command-line program: a Refusal ends it with one sentence, a bug with its stack. */
export async function runProgram(program) {
  try {
    await program();
  } catch (error) {
    console.error(error instanceof Refusal || error?.name === "Refusal" ? `waypost: ${error.message}` : error);
    process.exit(1);
  }
}
