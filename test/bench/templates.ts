import { setTimeout as delay } from 'node:timers/promises';
import type { Company } from './main-job/companies.ts';
import { type BenchServers, callRest } from './servers.ts';

const TEMPLATE = { name: 'bench_notice', language: 'en', body: 'Dear {{1}}, from Monday on we are open until eight.' };
const LOOK_EVERY_MS = 200;
const PATIENCE_MS = 30_000;

export type BenchConnection = { id: string; phoneNumberId: string };

export async function findConnection(servers: BenchServers, { phoneNumberId }: Company): Promise<BenchConnection> {
  let cursor = '';
  for (;;) {
    const page = await callRest<{ items: BenchConnection[]; nextCursor: string | null }>(
      servers.world,
      'GET',
      `/v1/connections?limit=100${cursor}`,
    );
    const found = page.items.find((connection) => connection.phoneNumberId === phoneNumberId);
    if (found) return found;
    if (page.nextCursor === null) throw new Error(`no connection has the number ${phoneNumberId}`);
    cursor = `&cursor=${page.nextCursor}`;
  }
}

/** Approves a template with one value at the network, and waits until Parley knows it; the answer is what sends name. */
export async function approveTemplate(servers: BenchServers, company: Company, connectionId: string) {
  const { phoneNumberId } = company;
  await servers.sandbox.control('POST', 'graph/templates', { phoneNumberId, ...TEMPLATE });
  await callRest(servers.world, 'POST', '/v1/templates/sync', { connectionId });
  const endsAtMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const path = `/v1/templates?connectionId=${connectionId}&name=${TEMPLATE.name}`;
    const { items } = await callRest<{ items: unknown[] }>(servers.world, 'GET', path);
    if (items.length > 0) return { name: TEMPLATE.name, language: TEMPLATE.language };
    if (Date.now() > endsAtMs) throw new Error('the template was not synced in time');
    await delay(LOOK_EVERY_MS);
  }
}
