import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { checkProof } from "@/core/proof/check";
import { chainLinks, PROOF_FORMAT, type Proof } from "@/core/proof/proof";
import { HINT_OVERLAP_HOURS } from "@/core/settings/key-generations";
import { type TestDatabase, testDatabase } from "@/db/testing/database";
import { insertActor, insertConnection } from "@/db/testing/rows";
import type { PersonActor } from "../access/actor";
import { hintAddress, makeHints, rotateHint } from "../odoo/hint";
import { listProofKeys, rotateProofKey } from "../proof/keys";
import { checkTools, signerOf, signProof } from "../proof/signer";
import { type TestContext, testContext } from "../testing/context";

let database: TestDatabase;
let ctx: TestContext;
let administrator: PersonActor;
let support: PersonActor;

beforeAll(async () => {
  database = await testDatabase("key_generations");
  administrator = await insertActor(database.sql, "administrator");
  support = await insertActor(database.sql, "support");
});
afterAll(async () => database?.drop());
beforeEach(async () => {
  ctx = testContext(database, new Date("2026-11-28T12:00:00Z"));
  await database.sql`delete from setting where name = 'key_generations'`;
});

function proofBy(generation: number, madeAt: Date): Proof {
  const { secretKey } = ctx.config;
  return signProof(secretKey, generation, {
    format: PROOF_FORMAT,
    about: { name: "WH/OUT/1" },
    madeAt: madeAt.toISOString(),
    signer: signerOf(secretKey, generation),
    links: chainLinks([{ kind: "decision", content: { rule: "earliest_actual" } }], checkTools),
  });
}

async function trusted(proof: Proof): Promise<boolean> {
  const keys = (await listProofKeys(ctx)).map(({ publicKey, retiredAt }) => ({ key: publicKey, until: retiredAt }));
  const checks = checkProof(proof, checkTools, keys).checks;
  return checks.filter(({ what }) => what === "Signature" || what === "Trusted key").every(({ ok }) => ok);
}

describe("the signing key of proofs", () => {
  test("is changed by an administrator alone, and the change is audited without the key", async () => {
    await expect(rotateProofKey(ctx, support)).rejects.toMatchObject({ code: "forbidden" });
    const [before] = await listProofKeys(ctx);
    const made = await rotateProofKey(ctx, administrator);
    expect(made.keyId).not.toBe(before?.keyId);
    const [row] = await database.sql`select before, after from audit where action = 'proofs.rotate_key'`;
    expect(row).toEqual({
      before: { generation: 1, keyId: before?.keyId },
      after: { generation: 2, keyId: made.keyId },
    });
  });

  test("old proofs verify by the key that stays published; what the old key signs after its end does not", async () => {
    const old = proofBy(1, ctx.now());
    ctx.clock.at = new Date("2026-11-28T13:00:00Z");
    await rotateProofKey(ctx, administrator);
    expect((await listProofKeys(ctx)).map(({ current }) => current)).toEqual([true, false]);
    ctx.clock.at = new Date("2026-11-28T14:00:00Z");
    expect(await trusted(old)).toBe(true);
    expect(await trusted(proofBy(2, ctx.now()))).toBe(true);
    expect(await trusted(proofBy(1, ctx.now()))).toBe(false);
    expect(await trusted(proofBy(3, ctx.now()))).toBe(false);
  });

  test("two changes at once are two", async () => {
    await Promise.all([rotateProofKey(ctx, administrator), rotateProofKey(ctx, administrator)]);
    expect(await listProofKeys(ctx)).toHaveLength(3);
  });
});

describe("the secret of a connection's hints", () => {
  const secretIn = (url: string) => new URL(url).searchParams.get("secret") ?? "";
  const wait = (hours: number) => {
    ctx.clock.at = new Date(ctx.clock.at.getTime() + hours * 3_600_000);
  };

  test("the old address works for the overlap, then only the new one; another connection's stays", async () => {
    const [id, other] = [
      await insertConnection(database.sql, { name: "one" }),
      await insertConnection(database.sql, { name: "other" }),
    ];
    const take = makeHints(ctx);
    const old = secretIn((await hintAddress(ctx, administrator, id)).url);
    const others = secretIn((await hintAddress(ctx, administrator, other)).url);
    expect(await take(id, old)).toEqual({ status: 202 });
    await expect(rotateHint(ctx, support, id)).rejects.toMatchObject({ code: "forbidden" });
    const rotated = await rotateHint(ctx, administrator, id);
    const fresh = secretIn(rotated.url);
    expect(fresh).not.toBe(old);
    expect(rotated.oldUntil).toEqual(new Date(ctx.now().getTime() + HINT_OVERLAP_HOURS * 3_600_000));
    wait(1);
    for (const secret of [old, fresh]) expect(await take(id, secret)).toEqual({ status: 202 });
    wait(HINT_OVERLAP_HOURS);
    expect(await take(id, old)).toEqual({ status: 404 });
    expect(await take(id, fresh)).toEqual({ status: 202 });
    expect(await take(other, others)).toEqual({ status: 202 });
    expect((await hintAddress(ctx, administrator, id)).oldUntil).toBeNull();
    const [row] = await database.sql`select before, after from audit where action = 'odoo.rotate_hint'`;
    expect(row?.after).toMatchObject({ generation: 2 });
    expect(JSON.stringify(row)).not.toContain(fresh);
  });
});
