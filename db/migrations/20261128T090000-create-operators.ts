import { type Kysely, sql } from 'kysely';

/** People who use the console, how they sign in, and what is told of what they did. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createOperator(db);
  await createWaysIn(db);
  await sql`
    -- Which fields were changed, and other words of ours; never a value that is secret.
    alter table audit_entry add column detail jsonb;
    create index audit_entry_subject on audit_entry (subject_kind, subject_id);
    create index audit_entry_actor on audit_entry (actor, id);
  `.execute(db);
}

async function createOperator(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table operator (
      id uuid primary key,
      name text not null,
      email text not null,
      -- argon2id; null: signs in by single sign-on only, or has not chosen one yet.
      password_hash text,
      -- Issuer and subject of single sign-on.
      sso_subject text unique,
      role text not null check (role in ('admin', 'agent', 'viewer')),
      language text not null default 'en' check (language in ('en', 'ru')),
      disabled_at timestamptz,
      created_at timestamptz not null default now()
    );
    create unique index operator_email on operator (lower(email));
    create table session (
      id uuid primary key,
      secret_hash bytea not null unique,
      operator_id uuid not null references operator on delete cascade,
      created_at timestamptz not null default now(),
      last_seen_at timestamptz not null default now(),
      expires_at timestamptz not null
    );
    create index session_operator on session (operator_id);
  `.execute(db);
}

async function createWaysIn(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- A secret address that lets its holder in once: the first administrator, somebody invited, a forgotten password.
    create table sign_in_link (
      id uuid primary key,
      secret_hash bytea not null unique,
      purpose text not null check (purpose in ('first-operator', 'invitation', 'new-password')),
      operator_id uuid references operator on delete cascade,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      used_at timestamptz
    );
    -- Wrong passwords, by a digest of the e-mail address that was typed: whether somebody has it makes no difference.
    create table sign_in_attempt (
      email_hash bytea primary key,
      attempts integer not null,
      -- Until then they count; deleted after that, or when the right password comes.
      until timestamptz not null
    );
    create index sign_in_attempt_until on sign_in_attempt (until);
    -- Single sign-on that is under way at the identity provider.
    create table sso_attempt (
      state_hash bytea primary key,
      nonce text not null,
      -- Sealed.
      code_verifier bytea not null,
      return_to text not null,
      created_at timestamptz not null default now()
    );
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop index audit_entry_subject, audit_entry_actor;
    alter table audit_entry drop column detail;
    drop table sso_attempt, sign_in_attempt, sign_in_link, session, operator;
  `.execute(db);
}
