import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { conversationWorkflowId, SWEEP_SCHEDULE_ID } from '../../workflows/domain/ids.ts';
import {
  aBodyOf,
  breakPlanfix,
  CREATES,
  deliver,
  settledStories,
  storiesOf,
  withDatabase,
  writeInOrder,
} from '../support/inbound-faults.ts';
import { holdRows } from '../support/inbound-locks.ts';
import { migrate, startGateway } from '../support/inbound-servers.ts';
import { untilBlocked } from '../support/locks.ts';
import { aCustomer, connectCompany, eventually, type Parley, startParley, writeAs } from '../support/parley.ts';
import { findOwnPort } from '../support/ports.ts';
import { type OutagePostgres, startOutagePostgres } from '../support/postgres.ts';
import { startApi } from '../support/processes.ts';
import { type OutageTemporal, startOutageTemporal } from '../support/temporal.ts';

const POSTGRES_AWAY_MS = 10_000;
const TEMPORAL_AWAY_MS = 20_000;

let postgres: OutagePostgres;
let temporal: OutageTemporal;
let parley: Parley;

beforeAll(async () => {
  [postgres, temporal] = await Promise.all([startOutagePostgres(), startOutageTemporal()]);
  migrate(postgres.url);
  parley = await startParley({ databaseUrl: postgres.url, temporal });
});

afterAll(async () => {
  await parley?.stop();
  await Promise.all([postgres?.remove(), temporal?.remove()]);
});

/** Until so much time has passed; both processes must live through it. */
async function liveThrough(sinceMs: number, forMs: number): Promise<void> {
  await eventually(`${forMs} ms have passed`, async () => {
    const answer = await fetch(`${parley.api.url}/health/live`);
    expect(answer.status).toBe(200);
    expect([parley.api.hasExited(), parley.worker.hasExited()]).toEqual([false, false]);
    return Date.now() - sinceMs >= forMs ? true : undefined;
  });
}

const readiness = async () => {
  const answer = await fetch(`${parley.api.url}/health/ready`);
  return { status: answer.status, parts: (await answer.json()) as Record<string, boolean> };
};

describe('while Postgres is away for 10 s', () => {
  it('webhooks are refused with 503, the processes live, and afterwards all messages are there once, in order', async () => {
    const company = await connectCompany(parley);
    const customer = aCustomer();
    const firstAtMs = Date.now() - 60_000;
    const write = (texts: string[], atMs: number) => writeInOrder(parley, company, customer, texts, firstAtMs + atMs);
    await write(['one'], 0);
    await settledStories(parley, company, 1);

    // The worker is inside a call that takes effect, and the api inside a transaction, when the server is killed.
    const slow = await breakPlanfix(parley, company, { ...CREATES.comment, kind: 'slow-after', delayMs: 1_000 });
    await write(['two'], 1_000);
    await slow.untilStruck();
    const held = await holdRows(parley, 'select id from conversation where planfix_account_id = $1', [
      company.planfixAccountId,
    ]);
    const three = write(['three'], 2_000);
    await untilBlocked(parley.world.databaseUrl, 'for no key update of c');
    await postgres.stop('kill');
    const stoppedAtMs = Date.now();
    await held.release();

    expect(await three).toEqual([503]);
    expect(await write(['four', 'five'], 3_000)).toEqual([503, 503]);
    // Control: what Meta does not send again is gone, so the others are there because they were not acknowledged.
    const lost = aBodyOf(company.phoneNumberId, [{ from: customer.phone, text: 'never again' }]);
    expect(await deliver(parley, company, lost)).toEqual([503]);
    // A busy Temporal may answer too late for one look.
    const seen = await eventually('Temporal as there', async () => {
      const looked = await readiness();
      return looked.parts.temporal ? looked : undefined;
    });
    expect(seen).toEqual({
      status: 503,
      parts: { ready: false, postgres: false, migrations: false, temporal: true },
    });
    await liveThrough(stoppedAtMs, POSTGRES_AWAY_MS);

    await postgres.start();
    await parley.sandbox.control('POST', 'graph/deliveries/retry');
    expect(await settledStories(parley, company, 5)).toEqual([['one', 'two', 'three', 'four', 'five']]);
    expect(parley.api.hasExited()).toBe(false);
    expect(parley.worker.hasExited()).toBe(false);
  });
});

describe('while Temporal is away for 20 s', () => {
  it('webhooks are acknowledged, and afterwards all messages are there once, in order', async () => {
    const company = await connectCompany(parley);
    const customer = aCustomer();
    const firstAtMs = Date.now() - 60_000;
    const write = (texts: string[], atMs: number) => writeInOrder(parley, company, customer, texts, firstAtMs + atMs);
    await write(['one'], 0);
    await settledStories(parley, company, 1);

    const slow = await breakPlanfix(parley, company, { ...CREATES.comment, kind: 'slow-after', delayMs: 1_000 });
    await write(['two'], 1_000);
    await slow.untilStruck();
    await temporal.stop('kill');
    const stoppedAtMs = Date.now();
    expect(await write(['three', 'four', 'five'], 2_000)).toEqual([200, 200, 200]);
    const stranger = aCustomer('Max Roe');
    expect(await writeInOrder(parley, company, stranger, ['hello'])).toEqual([200]);
    await liveThrough(stoppedAtMs, TEMPORAL_AWAY_MS);
    // Control: only what was under way has arrived, so the others arrive because Temporal came back.
    expect(await storiesOf(parley, company)).toEqual([['one', 'two']]);
    await eventually('nothing but Temporal as away', async () => {
      const { postgres, temporal } = (await readiness()).parts;
      return (postgres && !temporal) || undefined;
    });

    await temporal.start();
    expect(await settledStories(parley, company, 6)).toEqual([['one', 'two', 'three', 'four', 'five'], ['hello']]);
    await eventually('the api is ready again', async () => ((await readiness()).status === 200 ? true : undefined));
  });
});

describe('an api that is killed between its commit and the signal', () => {
  it('loses no message: the sweep finds it by its due time', async () => {
    const company = await connectCompany(parley);
    const customer = aCustomer();
    const sweeps = [SWEEP_SCHEDULE_ID, `${SWEEP_SCHEDULE_ID}-forgotten`].map((id) =>
      parley.temporal.schedule.getHandle(id),
    );
    const gateway = await startGateway(parley.world.temporalAddress);
    const api = await startApi(
      parley.world,
      { ...parley.waits, TEMPORAL_ADDRESS: gateway.address },
      await findOwnPort(),
    );
    try {
      await Promise.all(sweeps.map((sweep) => sweep.pause()));
      await eventually('the last sweep as over', async () => {
        const running = await Promise.all(sweeps.map(async (sweep) => (await sweep.describe()).info.runningActions));
        return running.flat().length === 0 || undefined;
      });
      gateway.block();
      const body = aBodyOf(company.phoneNumberId, [{ from: customer.phone, text: 'committed' }]);
      const url = `${api.url}/webhooks/meta/${company.metaAppId}`;
      expect(await deliver(parley, company, body, { url })).toEqual([200]);
      await api.stop('SIGKILL', 1_000);

      // Control: without a sweep nobody would ever look, although it is long due.
      const overdue = await withDatabase(parley, (db) =>
        eventually('the lane is long overdue', async () => {
          const { rows } = await sql<{ id: string }>`
            select id from conversation where connection_id = ${company.connectionId}
               and to_planfix_due_at < clock_timestamp() - interval '3 seconds'`.execute(db);
          return rows[0]?.id;
        }),
      );
      const workflow = parley.temporal.workflow.getHandle(conversationWorkflowId(overdue));
      await expect(workflow.describe()).rejects.toMatchObject({ name: 'WorkflowNotFoundError' });
      expect(await storiesOf(parley, company)).toEqual([]);

      await Promise.all(sweeps.map((sweep) => sweep.unpause()));
      await writeAs(parley, company, customer, 'later');
      expect(await settledStories(parley, company, 2)).toEqual([['committed', 'later']]);
    } finally {
      await api.stop('SIGKILL', 1_000);
      await gateway.close();
    }
  });
});
