import { randomUUID } from 'node:crypto';
import type { Database } from '../../db/database.ts';
import { readAddresses } from '../../db/identities.ts';
import { type EventInput, storeEvents } from '../../db/ingest.ts';
import type { Identity, Sender } from '../../workflows/domain/identity.ts';
import { anInboundText, insertConnection, insertConnectionOf, type TestConnection } from './rows.ts';

export const HOUR_MS = 60 * 60_000;

/** `hour` is the channel's time; without one it is the next hour that nobody has named. */
export type Written = { former?: string; hour?: number; respelled?: boolean; portfolio?: string };

export type People = Awaited<ReturnType<typeof createPeople>>;

/**
 * People who write to a number of a new company. They are named by the ids that an item shows: "Y1" is a user id, "P1"
 * a phone.
 */
export async function createPeople(db: Database) {
  return peopleOn(db, await insertConnection(db));
}

const PHONE_PREFIX = '4915100000';
const ONLY_PHONE = '99';
const idOf = (word: string): Identity =>
  word.startsWith('Y')
    ? { kind: 'bsuid', value: `DE.${word}` }
    : { kind: 'phone', value: PHONE_PREFIX + (word.slice(1) || ONLY_PHONE).padStart(2, '0') };
const idsOf = (words = '') => words.split(' ').filter(Boolean).map(idOf);

/** The word for an address: "P1" for its phone, "+P1" for another spelling of it. */
export const wordOf = (address: string): string =>
  address
    .replace('DE.', '')
    .replace(PHONE_PREFIX + ONLY_PHONE, 'P')
    .replace(new RegExp(`${PHONE_PREFIX}0?`), 'P');

/** What the network would say of these ids. */
export const spell = ({ phone, bsuid }: { phone?: string; bsuid?: string }): Pick<Sender, 'phone' | 'bsuid'> => ({
  ...(phone === undefined ? {} : { phone: idOf(phone).value }),
  ...(bsuid === undefined ? {} : { bsuid: idOf(bsuid).value }),
});

export const idValueOf = (word: string): string => idOf(word).value;

function peopleOn(db: Database, connection: TestConnection) {
  const begin = Date.now() - 1_000 * HOUR_MS;
  let hours = 100;
  const at = (hour: number) => begin + hour * HOUR_MS;
  const event = (ids: string, written: Written = {}): EventInput => {
    hours = Math.max(hours, written.hour ?? 0) + 1;
    return anEvent(connection, ids, { ...written, sentAtMs: at(written.hour ?? hours) });
  };
  return {
    ...connection,
    at,
    event,
    /** Writes it, and tells the conversation that it went to. */
    async write(ids: string, written?: Written): Promise<string> {
      const one = event(ids, written);
      await storeEvents(db, [one]);
      return conversationOf(db, one);
    },
    /** The same people on another number of the same company and portfolio. */
    async onAnotherNumber() {
      return peopleOn(db, await insertConnectionOf(db, connection.planfixAccountId));
    },
    /** A message to the customer, on its way. */
    async send(conversationId: string): Promise<{ connectionId: string; messageId: string }> {
      const messageId = randomUUID();
      const fixed = { direction: 'outbound', kind: 'text', state: 'sending' as const, text: 'Hello' };
      await db
        .insertInto('message')
        .values({ id: messageId, ...connection, conversationId, ...fixed })
        .execute();
      return { connectionId: connection.connectionId, messageId };
    },
    /** Where a conversation goes, as words. */
    async addresses(conversationId: string): Promise<string[]> {
      return (await readAddresses(db, conversationId)).map(({ value }) => wordOf(value)).toSorted();
    },
    /** How many people there are. */
    async count(): Promise<number> {
      const rows = await db
        .selectFrom('customer')
        .where('planfixAccountId', '=', connection.planfixAccountId)
        .where('mergedInto', 'is', null)
        .select('id')
        .execute();
      return rows.length;
    },
  };
}

function anEvent(connection: TestConnection, ids: string, written: Written & { sentAtMs: number }): EventInput {
  const text = anInboundText(connection, { phone: '', text: ids, sentAtMs: written.sentAtMs });
  const { message } = text;
  if (!message) throw new Error('a text without a message');
  const identities = idsOf(ids).map((identity) =>
    written.respelled && identity.kind === 'phone' ? { ...identity, address: `+${identity.value}` } : identity,
  );
  const sender = { ...message.sender, identities, former: idsOf(written.former) };
  return { ...text, message: { ...message, sender: { ...sender, portfolio: written.portfolio ?? 'waba' } } };
}

/** Where a stored event has gone. */
export async function conversationOf(db: Database, event: EventInput): Promise<string> {
  const { conversationId } = await db
    .selectFrom('message')
    .where('connectionId', '=', event.sourceId)
    .where('channelMessageId', '=', event.eventKey)
    .select('conversationId')
    .executeTakeFirstOrThrow();
  return conversationId;
}
