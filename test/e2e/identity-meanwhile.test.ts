import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createDatabase, type Database, type DatabaseTransaction } from '../../db/database.ts';
import { takeIn } from '../../db/ingest.ts';
import { conversationWorkflowId } from '../../workflows/domain/ids.ts';
import { laneDueSignal } from '../../workflows/messages.ts';
import { type Known, meetTwice, placeOf, twoContactsOnce } from '../support/identity-world.ts';
import { untilBlocked } from '../support/locks.ts';
import { type Parley, startParley } from '../support/parley.ts';
import { anInboundText } from '../support/rows.ts';

let parley: Parley;
let db: Database;

beforeAll(async () => {
  parley = await startParley();
  db = createDatabase(parley.world.databaseUrl, 2);
});

afterAll(async () => {
  await db?.destroy();
  await parley?.stop();
});

/** A message that shows both ids of a person, stored in this transaction as ingest stores it; its channel id. */
async function storeBoth(trx: DatabaseTransaction, { company, phone, bsuid }: Known): Promise<string> {
  const { portfolio } = await trx
    .selectFrom('connection')
    .where('id', '=', company.connectionId)
    .select((eb) => eb.fn.coalesce('portfolioId', 'wabaId').as('portfolio'))
    .executeTakeFirstOrThrow();
  const event = anInboundText(company, { phone, text: 'Both' });
  const { message, eventKey } = event;
  if (!message) throw new Error('a text without a message');
  const identities = [{ kind: 'bsuid' as const, value: bsuid }, ...message.sender.identities];
  const sender = { ...message.sender, portfolio: portfolio as string, identities };
  await takeIn(
    trx,
    [{ ...event, message: { ...message, sender } }],
    async () => new Set([`${event.sourceId}|${eventKey}`]),
  );
  return eventKey;
}

it('two customers are found to be one by a message that comes while a turn looks at its rows', async () => {
  const { person, byId } = await meetTwice(parley);
  const wamid = await db.transaction().execute(async (trx) => {
    await sql`lock table message in access exclusive mode`.execute(trx);
    const run = parley.temporal.workflow.getHandle(conversationWorkflowId(byId.conversationId));
    await run.signal(laneDueSignal, 'to-planfix');
    // The turn is about to read its rows, of which this will be one: nobody wakes the lane for it.
    await untilBlocked(parley.world.databaseUrl, 'from "message"');
    return storeBoth(trx, person);
  });
  expect(await placeOf(person, wamid)).toEqual(byId);
  expect(await twoContactsOnce(person)).toMatchObject({ reason: 'one-person' });
});
