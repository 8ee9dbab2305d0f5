import { setTimeout as delay } from 'node:timers/promises';
import type { World } from '../../support/processes.ts';
import type { Company } from '../main-job/companies.ts';
import { type BenchServers, callRest } from '../servers.ts';
import { approveTemplate, findConnection } from '../templates.ts';

const AT_ONCE = 16;
const LOOK_EVERY_MS = 200;
const PATIENCE_MS = 600_000;
const TOMORROW_MS = 24 * 60 * 60_000;

type Mailing = { id: string; state: string; lines: number; counts: { recipients: number } };

/** Uploads a mailing that starts tomorrow, and waits until all of its recipients were looked at. */
export async function uploadMailing(
  servers: BenchServers,
  company: Company,
  count: number,
): Promise<{ answeredMs: number; checkedMs: number; good: number }> {
  const connection = await findConnection(servers, company);
  const template = await approveTemplate(servers, company, connection.id);
  const lines = Array.from({ length: count }, (_, index) => `+49170${String(index).padStart(8, '0')};friend`);
  const mailing = {
    connectionId: connection.id,
    template,
    startAt: new Date(Date.now() + TOMORROW_MS).toISOString(),
  };
  const form = new FormData();
  form.set('mailing', JSON.stringify(mailing));
  form.set('recipients', new Blob([`to;body.1\n${lines.join('\n')}\n`], { type: 'text/csv' }), 'recipients.csv');
  const startedAt = performance.now();
  const response = await fetch(`${urlOf(servers.world)}/v1/mailings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${servers.world.adminKey}` },
    body: form,
  });
  const created = (await response.json()) as Mailing;
  if (!response.ok) throw new Error(`POST /v1/mailings answered ${response.status}: ${JSON.stringify(created)}`);
  const answeredMs = performance.now() - startedAt;
  const endsAtMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const { state, counts } = await callRest<Mailing>(servers.world, 'GET', `/v1/mailings/${created.id}`);
    if (state !== 'checking') return { answeredMs, checkedMs: performance.now() - startedAt, good: counts.recipients };
    if (Date.now() > endsAtMs) throw new Error('the recipients were not looked at in time');
    await delay(LOOK_EVERY_MS);
  }
}

/** Writes first to so many people, the same words to each. */
export async function startConversations(
  servers: BenchServers,
  company: Company,
  count: number,
): Promise<{ tookMs: number; answersMs: number[]; held: number }> {
  const connection = await findConnection(servers, company);
  const template = await approveTemplate(servers, company, connection.id);
  const answersMs: number[] = [];
  let held = 0;
  let next = 0;
  const startNext = async (): Promise<void> => {
    while (next < count) {
      const to = `+49171${String(next).padStart(8, '0')}`;
      next += 1;
      const beganAt = performance.now();
      const { message } = await callRest<{ message: { hold: string | null } }>(
        servers.world,
        'POST',
        '/v1/conversations',
        { connectionId: connection.id, to, template: { ...template, parameters: { body: ['friend'] } } },
      );
      answersMs.push(performance.now() - beganAt);
      if (message.hold === 'held') held += 1;
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, startNext));
  return { tookMs: performance.now() - startedAt, answersMs, held };
}

const urlOf = (world: World) => `http://127.0.0.1:${world.apiPort}`;
