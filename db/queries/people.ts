import type { PersonState } from "@/core/access/person";
import type { Role } from "@/core/access/roles";
import type { Json } from "@/core/shipments/attributes";
import type { Tx } from "@/db/client";

export type PersonSettings = { [key: string]: Json };

export type Person = {
  id: string;
  email: string;
  name: string;
  role: Role;
  state: PersonState;
  passwordHash: string | null;
  sessionVersion: number;
  lockedUntil: Date | null;
  lastSignInAt: Date | null;
  odooLogin: string | null;
  settings: PersonSettings;
  createdAt: Date;
};

const columns = (tx: Tx) => tx`id, email, name, role, state, password_hash as "passwordHash",
  session_version as "sessionVersion", locked_until as "lockedUntil", last_sign_in_at as "lastSignInAt",
  odoo_login as "odooLogin", settings, created_at as "createdAt"`;

export async function findPerson(tx: Tx, id: string): Promise<Person | null> {
  const [row] = await tx<Person[]>`select ${columns(tx)} from person where id = ${id}`;
  return row ?? null;
}

export async function findPersonByEmail(tx: Tx, email: string): Promise<Person | null> {
  const [row] = await tx<Person[]>`select ${columns(tx)} from person where lower(email) = ${email.toLowerCase()}`;
  return row ?? null;
}

/** Locks the person until the transaction ends. */
export async function lockPerson(tx: Tx, id: string): Promise<Person | null> {
  const [row] = await tx<Person[]>`select ${columns(tx)} from person where id = ${id} for update`;
  return row ?? null;
}

export async function listPeople(tx: Tx): Promise<Person[]> {
  return tx<Person[]>`select ${columns(tx)} from person
    order by state = 'disabled', lower(name), id limit 1000`;
}

/** People who can be given work: active ones, by name. */
export async function listColleagues(tx: Tx): Promise<{ id: string; name: string; role: Role }[]> {
  return tx<{ id: string; name: string; role: Role }[]>`select id, name, role from person
    where state = 'active' and role <> 'partner' order by lower(name), id limit 1000`;
}

/** Returns false when somebody has that e-mail address already. */
export async function insertPerson(
  tx: Tx,
  p: Pick<Person, "id" | "email" | "name" | "role" | "state" | "passwordHash" | "createdAt"> & {
    settings?: PersonSettings;
  },
): Promise<boolean> {
  const rows = await tx`insert into person (id, email, name, role, state, password_hash, settings, created_at)
    values (${p.id}, ${p.email}, ${p.name}, ${p.role}, ${p.state}, ${p.passwordHash}, ${tx.json(p.settings ?? {})}, ${p.createdAt})
    on conflict (lower(email)) do nothing returning 1`;
  return rows.length === 1;
}

/** Ids of the active administrators, locked in one order, so that two who leave at once meet here. */
export async function lockActiveAdministrators(tx: Tx): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`select id from person
    where role = 'administrator' and state = 'active' order by id for update`;
  return rows.map((row) => row.id);
}

/** Changes role and state, and ends the person's sessions. */
export async function updatePersonAccess(tx: Tx, id: string, to: { role: Role; state: PersonState }): Promise<void> {
  await tx`update person set role = ${to.role}, state = ${to.state}, session_version = session_version + 1 where id = ${id}`;
}

export async function updatePersonProfile(
  tx: Tx,
  id: string,
  to: { name: string; odooLogin: string | null; settings: PersonSettings },
): Promise<void> {
  await tx`update person set name = ${to.name}, odoo_login = ${to.odooLogin}, settings = ${tx.json(to.settings)} where id = ${id}`;
}

/** Sets a password, lifts a lock and ends the person's sessions; an invited person becomes active. */
export async function updatePassword(tx: Tx, id: string, passwordHash: string): Promise<number> {
  const [row] = await tx<{ sessionVersion: number }[]>`update person
    set password_hash = ${passwordHash}, session_version = session_version + 1, failed_sign_ins = 0, locked_until = null,
      state = case when state = 'invited' then 'active' else state end
    where id = ${id} returning session_version as "sessionVersion"`;
  return row?.sessionVersion ?? 0;
}

/**
 * Counts a try before its password is looked at, so that many at once cannot exceed the limit. Null: sign-in is locked.
 * The try that reaches the limit locks; a right password undoes it (`updateSignedIn`).
 */
export async function countSignInTry(
  tx: Tx,
  id: string,
  rule: { now: Date; lockAfter: number; lockedUntil: Date },
): Promise<number | null> {
  const [row] = await tx<{ tries: number }[]>`update person set
      failed_sign_ins = case when locked_until is null then failed_sign_ins + 1 else 1 end,
      locked_until = case when locked_until is null and failed_sign_ins + 1 >= ${rule.lockAfter}::int then ${rule.lockedUntil}::timestamptz end
    where id = ${id} and (locked_until is null or locked_until <= ${rule.now})
    returning failed_sign_ins as tries`;
  return row?.tries ?? null;
}

export async function updateSignedIn(tx: Tx, id: string, now: Date): Promise<void> {
  await tx`update person set failed_sign_ins = 0, locked_until = null, last_sign_in_at = ${now} where id = ${id}`;
}

export type PersonLink = { personId: string; purpose: "invitation" | "reset"; expiresAt: Date };

/** Keeps the hash of a one-time link; earlier links of the person end. */
export async function insertPersonLink(
  tx: Tx,
  link: PersonLink & { tokenHash: Buffer; createdBy: string | null; now: Date },
): Promise<void> {
  await tx`update person_link set used_at = ${link.now} where person_id = ${link.personId} and used_at is null`;
  await tx`insert into person_link (token_hash, person_id, purpose, created_by, expires_at)
    values (${link.tokenHash}, ${link.personId}, ${link.purpose}, ${link.createdBy}, ${link.expiresAt})`;
}

export async function findPersonLink(tx: Tx, tokenHash: Buffer, now: Date): Promise<PersonLink | null> {
  const [row] = await tx<
    PersonLink[]
  >`select person_id as "personId", purpose, expires_at as "expiresAt" from person_link
    where token_hash = ${tokenHash} and used_at is null and expires_at > ${now}`;
  return row ?? null;
}

/** Uses a link up; null when it was used, has expired or never was. */
export async function takePersonLink(tx: Tx, tokenHash: Buffer, now: Date): Promise<PersonLink | null> {
  const [row] = await tx<PersonLink[]>`update person_link set used_at = ${now}
    where token_hash = ${tokenHash} and used_at is null and expires_at > ${now}
    returning person_id as "personId", purpose, expires_at as "expiresAt"`;
  return row ?? null;
}

export async function endPersonLinks(tx: Tx, personId: string, now: Date): Promise<void> {
  await tx`update person_link set used_at = ${now} where person_id = ${personId} and used_at is null`;
}

/** Links that still work, by person, for the list of people. */
export async function listOpenLinks(tx: Tx, now: Date): Promise<PersonLink[]> {
  return tx<PersonLink[]>`select person_id as "personId", purpose, expires_at as "expiresAt" from person_link
    where used_at is null and expires_at > ${now} limit 1000`;
}
