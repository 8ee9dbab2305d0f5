import { type Kysely, sql } from 'kysely';

/** Numbers that were found too fast, mailings that nobody decides about, and whom a refused request was for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table rate_gate
      -- The network found this number too fast: sends to many leave more slowly until then, and none before that.
      add column slow_until timestamptz,
      add column held_until timestamptz;
    -- Of a paused or stopped one: if nobody has decided by then, it is cancelled.
    alter table mailing add column expires_at timestamptz;
    create index mailing_undecided on mailing (expires_at) where state in ('paused', 'stopped');
    -- Of a request that was refused: a later one for the same contact settles it.
    alter table problem add column planfix_contact integer;
    update problem set planfix_contact = substring(detail from '^A request for contact ([0-9]+)')::integer
     where kind = 'start-refused' and state = 'open';
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop index mailing_undecided;
    alter table problem drop column planfix_contact;
    alter table mailing drop column expires_at;
    alter table rate_gate drop column slow_until, drop column held_until;
  `.execute(db);
}
