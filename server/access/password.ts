import { randomInt } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";

/** argon2id with 19 MiB, two passes: about 30 ms a try (OWASP password storage cheat sheet, 2023). */
const SETTINGS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

let dummy: Promise<string> | undefined;

export function hashPassword(password: string): Promise<string> {
  return hash(password, SETTINGS);
}

/** Compares; costs the same when there is no hash, so that the time tells nobody whether a person exists. */
export async function passwordMatches(stored: string | null, password: string): Promise<boolean> {
  dummy ??= hashPassword("no person has this password");
  const matches = await verify(stored ?? (await dummy), password);
  return stored !== null && matches;
}

const LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/** A password for the first sign-in: 20 characters (115 bits) that are not mistaken for one another. */
export function randomPassword(): string {
  return Array.from({ length: 20 }, () => LETTERS[randomInt(LETTERS.length)]).join("");
}
