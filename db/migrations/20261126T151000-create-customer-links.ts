import { type Kysely, sql } from 'kysely';

/** Pairs of customers that turned out, or may turn out, to be one person; what became of them stays. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table customer_link (
      id uuid primary key,
      planfix_account_id uuid not null references planfix_account,
      -- Whom the item named, and whom else its ids belonged to.
      customer_id uuid not null references customer deferrable initially deferred,
      other_customer_id uuid not null references customer deferrable initially deferred,
      evidence text not null check (evidence in ('user-id', 'phone', 'phone-moved')),
      -- The phone that both have had.
      identity_id uuid references customer_identity deferrable initially deferred,
      -- The channel's time of that item.
      seen_at timestamptz not null,
      state text not null default 'suspected' check (state in ('suspected', 'same', 'linked', 'conflict')),
      created_at timestamptz not null default now(),
      decided_at timestamptz
    );
    create unique index customer_link_suspected on customer_link
      (least(customer_id, other_customer_id), greatest(customer_id, other_customer_id)) where state = 'suspected';
    create index customer_link_account on customer_link (planfix_account_id) where state = 'suspected';
    create index customer_link_customer on customer_link (customer_id);
    create index customer_link_other on customer_link (other_customer_id);
    create index customer_merged on customer (merged_into) where merged_into is not null;
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop index customer_merged;
    drop table customer_link;
  `.execute(db);
}
