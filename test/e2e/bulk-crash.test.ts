import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { runWorkflowId, SWEEP_SCHEDULE_ID } from '../../workflows/domain/ids.ts';
import {
  ageKeys,
  countBy,
  echoTo,
  holdDecision,
  killApi,
  killWorker,
  NOTICE_TEXT,
  sentOf,
  sentOnce,
  startAgain,
  startAll,
  untilQuiet,
  untilWaiting,
} from '../support/bulk-world.ts';
import { putInPhoneApp } from '../support/chat-world.ts';
import { deliver, withDatabase } from '../support/inbound-faults.ts';
import { holdRows } from '../support/inbound-locks.ts';
import { connectMailer, OFFER, phones, sentBy, twice } from '../support/mailing-world.ts';
import { type Company, eventually, type Parley, startParley } from '../support/parley.ts';
import { problemsOf } from '../support/reply-world.ts';
import { startConversation } from '../support/starts.ts';

let parley: Parley;

beforeAll(async () => {
  parley = await startParley({ waits: { bulkPageMs: 1_500, bulkPageTimeoutMs: 5_000, unknownProblemMs: 4_000 } });
});

afterAll(() => parley?.stop());

async function connect(): Promise<Company> {
  const company = await connectMailer(parley);
  await putInPhoneApp(parley, company);
  return company;
}

const mailingOf = ({ connectionId }: Company): Promise<string> =>
  withDatabase(parley, async (db) => {
    const query = db.selectFrom('mailing').where('connectionId', '=', connectionId).select('id');
    return (await query.executeTakeFirstOrThrow()).id;
  });

const holdMailing = (company: Company) =>
  holdRows(parley, 'select id from mailing where connection_id = $1', [company.connectionId]);

/** Every body about this number that the network has delivered so far, as it was. */
async function bodiesOf({ phoneNumberId }: Company): Promise<unknown[]> {
  type Delivered = { items: { body: string }[] };
  const { items } = await parley.sandbox.control<Delivered>('GET', 'graph/deliveries?limit=1000');
  return items.map(({ body }) => JSON.parse(body)).filter((body) => JSON.stringify(body).includes(phoneNumberId));
}

describe('an api that is killed while a colleague writes the same to many', () => {
  it('holds the fourth and all later ones, each once, however often the network tells of them', async () => {
    const company = await connect();
    const to = phones(32);
    const decision = await holdDecision(parley, company, NOTICE_TEXT);
    await echoTo(parley, company, to.slice(0, 12), { text: NOTICE_TEXT, perBody: 4 });
    await untilWaiting(parley, 'pg_advisory_xact_lock', 3);
    await killApi(parley);
    await decision.release();
    expect((await sentOf(parley, company)).messages).toBe(0);
    await startAgain(parley, 'api');
    expect(await sentOnce(parley, company, 12)).toMatchObject({ people: 12, bulk: 9, decided: 12 });

    const mailing = await holdMailing(company);
    await echoTo(parley, company, to.slice(12), { text: NOTICE_TEXT, perBody: 4 });
    await untilWaiting(parley, 'for key share', 3);
    await Promise.all([killApi(parley), killWorker(parley)]);
    await mailing.release();
    await startAgain(parley, 'api', 'worker');
    const all = { messages: 32, people: 32, bulk: 29, decided: 32, mailings: 1 };
    expect(await sentOnce(parley, company, 32)).toEqual(all);

    // As if every answer had been lost after its commit.
    const bodies = await bodiesOf(company);
    expect(bodies.length).toBeGreaterThanOrEqual(8);
    for (const body of bodies) expect(await deliver(parley, company, body, { copies: 2 })).toEqual([200, 200]);
    expect(await sentOf(parley, company)).toEqual(all);
    expect(await countBy(parley, company, 'hold')).toEqual({ held: 32 });

    // Control: one that was stored twice would be seen.
    await withDatabase(parley, (db) =>
      sql`insert into message (id, planfix_account_id, connection_id, conversation_id, direction, kind, state, text)
          select gen_random_uuid(), planfix_account_id, connection_id, conversation_id, direction, kind, state, text
            from message where connection_id = ${company.connectionId} limit 1`.execute(db),
    );
    expect(await sentOf(parley, company)).not.toEqual(all);
  });

  it('holds none of them as bulk where five minutes lie between them (control)', async () => {
    const company = await connect();
    const { phoneNumberId } = company;
    const minutes = 60_000;
    for (const [index, phone] of phones(6).entries()) {
      const timestampMs = Math.floor(Date.now() / 1_000) * 1_000 - (30 - 5 * index) * minutes;
      const echo = { phoneNumberId, to: phone.slice(1), text: NOTICE_TEXT, timestampMs, wait: true };
      await parley.sandbox.control('POST', 'graph/echoes', echo);
    }
    expect(await sentOf(parley, company)).toMatchObject({ messages: 6, bulk: 0, decided: 6, mailings: 0 });
  });
});

describe('an api and a worker that are killed while a program sends the same to many', () => {
  it('hold the fourth and all later ones, and each reaches its recipient once', async () => {
    const company = await connect();
    const to = phones(24);
    const decision = await holdDecision(parley, company, NOTICE_TEXT);
    const first = startAll(parley, company, to.slice(0, 6));
    await untilWaiting(parley, 'pg_advisory_xact_lock', 3);
    await killApi(parley);
    await decision.release();
    expect(await first).toEqual(Array(6).fill(undefined));
    expect((await sentOf(parley, company)).messages).toBe(0);
    await startAgain(parley, 'api');
    await ageKeys(parley);
    const answers = await startAll(parley, company, to.slice(0, 6));
    expect(answers.filter((answer) => answer?.body.message?.hold === 'held')).toHaveLength(3);

    const mailing = await holdMailing(company);
    const rest = startAll(parley, company, to.slice(6));
    await untilWaiting(parley, 'for key share', 3);
    await Promise.all([killApi(parley), killWorker(parley)]);
    await mailing.release();
    await rest;
    await startAgain(parley, 'api', 'worker');
    await ageKeys(parley);
    const repeated = await startAll(parley, company, to);
    expect(repeated.filter((answer) => answer?.body.message?.hold === 'held')).toHaveLength(21);
    // And once more, now that all of them have an answer.
    expect(await startAll(parley, company, to)).toEqual(repeated);
    const all = { messages: 24, people: 24, bulk: 21, decided: 24, mailings: 1 };
    expect(await sentOf(parley, company)).toEqual(all);
    await untilQuiet(parley, company);
    const reached = (await sentBy(parley, company)).map((item) => item.to);
    expect(reached.toSorted()).toEqual(to.map((phone) => phone.slice(1)));
  });

  it('send it again to whom the program asks for again without a key (control)', async () => {
    const company = await connect();
    const to = phones(4);
    await startAll(parley, company, to, () => undefined);
    await killApi(parley);
    await startAgain(parley, 'api');
    await startAll(parley, company, to, () => undefined);
    expect(await sentOf(parley, company)).toMatchObject({ messages: 8, people: 4, bulk: 5, decided: 8 });
    await untilQuiet(parley, company);
    expect(twice(await sentBy(parley, company))).toHaveLength(4);
  });
});

describe('a worker that is killed in the middle of a page', () => {
  beforeAll(() => parley.sandbox.control('PUT', 'graph/settings', { statusDelayMs: 3_600_000 }));
  afterAll(() => parley.sandbox.control('PUT', 'graph/settings', { statusDelayMs: 200 }));

  it('reaches nobody twice and all others afterwards; what nobody knows is told to a person', async () => {
    const company = await connect();
    const { phoneNumberId } = company;
    const to = phones(50);
    await startAll(parley, company, to.slice(0, 3));
    await untilQuiet(parley, company);
    const fault = { target: 'graph', purpose: 'send', phoneNumberId, messageType: 'template', skip: 10, times: 2 };
    const rules: string[] = [];
    for (const kind of ['hang-after', 'hang']) {
      rules.push((await parley.sandbox.control<{ id: string }>('POST', 'faults', { ...fault, kind })).id);
    }
    // Whatever leaves after these does not arrive either: the worker may be killed late.
    const further = { ...fault, kind: 'hang', times: 0 };
    const { id: rest } = await parley.sandbox.control<{ id: string }>('POST', 'faults', further);
    const starting = startAll(parley, company, to.slice(3));
    await eventually('the calls that hang', async () => {
      const { items: open } = await parley.sandbox.control<{ items: { id: string }[] }>('GET', 'faults');
      return open.some(({ id }) => rules.includes(id)) ? undefined : true;
    });
    await killWorker(parley);
    await parley.sandbox.control('DELETE', `faults/${rest}`);
    // Control: it was in the middle. Three, ten, and the two that arrived without an answer.
    expect(await sentBy(parley, company)).toHaveLength(15);
    expect((await starting).every((answer) => answer?.status === 202)).toBe(true);
    await startAgain(parley, 'worker');
    await untilQuiet(parley, company);
    const { unknown = 0, sent = 0 } = await countBy(parley, company, 'state');
    expect(unknown).toBeGreaterThanOrEqual(4);
    expect(unknown + sent).toBe(50);
    const problems = await eventually('a problem for each unknown one', async () => {
      const found = await problemsOf({ parley, company }, { kind: 'unknown-send', limit: '100' });
      return found.length >= unknown ? found : undefined;
    });
    const items = await sentBy(parley, company);
    expect(twice(items)).toEqual([]);
    expect(twice([...items, ...items.slice(0, 1)])).toHaveLength(1);
    const reached = new Set(items.map(({ callbackData }) => callbackData));
    const listed = problems.map(({ messageId }) => messageId as string);
    expect(new Set([...reached, ...listed]).size).toBe(50);
    const missed = problems.filter(({ messageId }) => !reached.has(messageId as string));
    expect(missed.length).toBeGreaterThanOrEqual(2);
    const [{ id, messageId }] = missed as [(typeof missed)[0]];
    await parley.rest('POST', `/v1/problems/${id}/resend`);
    await eventually('what a person has sent again', async () =>
      (await sentBy(parley, company)).find(({ callbackData }) => callbackData === messageId),
    );
  });
});

describe('a run of held messages that is terminated while it has some to send', () => {
  it('is brought back by the sweep, and the rest is sent', async () => {
    const company = await connect();
    const sweeps = [SWEEP_SCHEDULE_ID, `${SWEEP_SCHEDULE_ID}-forgotten`].map((id) =>
      parley.temporal.schedule.getHandle(id),
    );
    const to = phones(24);
    await startAll(parley, company, to.slice(0, 8));
    await untilQuiet(parley, company);
    await Promise.all(sweeps.map((sweep) => sweep.pause()));
    await eventually('the last sweep as over', async () => {
      const running = await Promise.all(sweeps.map(async (sweep) => (await sweep.describe()).info.runningActions));
      return running.flat().length === 0 || undefined;
    });
    try {
      await killWorker(parley);
      await startAll(parley, company, to.slice(8));
      // With it go the signals that it has not sent yet.
      await killApi(parley);
      const id = await mailingOf(company);
      const run = parley.temporal.workflow.getHandle(runWorkflowId({ kind: 'bulk-hold', id }));
      await run.terminate('in the middle');
      await startAgain(parley, 'api', 'worker');
      // Control: the worker works, and sends none of these.
      await untilSentAlone(company);
      expect((await countBy(parley, company, 'state')).ready).toBe(16);
      expect((await run.describe()).status.name).toBe('TERMINATED');
    } finally {
      await Promise.all(sweeps.map((sweep) => sweep.unpause()));
    }
    await untilQuiet(parley, company);
    const items = await sentBy(parley, company);
    expect([items.length, twice(items)]).toEqual([25, []]);
  });

  /** Something else that a program sends to one person only. */
  const untilSentAlone = async ({ connectionId }: Company) => {
    const template = { name: OFFER.name, language: OFFER.language, parameters: { body: ['Jane'] } };
    const { body } = await startConversation(parley, { connectionId, to: phones(1)[0], template });
    await eventually('the only one of its kind as delivered', async () => {
      const { state } = await parley.rest<{ state: string }>('GET', `/v1/messages/${body.message?.id}`);
      return state === 'delivered' || undefined;
    });
  };
});
