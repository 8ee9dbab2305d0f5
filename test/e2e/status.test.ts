import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectCompany, eventually, type Parley, startParley } from '../support/parley.ts';
import { findOwnPort } from '../support/ports.ts';
import { startApi } from '../support/processes.ts';
import { createTestNamespace } from '../support/temporal.ts';

type Part = { name: string; ok: boolean; detail: string };
type Status = { parts: Part[]; accounts: Record<string, number>; connections: Record<string, number> };

let parley: Parley;
beforeAll(async () => {
  parley = await startParley();
});
afterAll(() => parley?.stop());

const failingOf = ({ parts }: Status) => parts.filter(({ ok }) => !ok).map(({ name }) => name);

describe('the status of an installation', () => {
  it('is well once its worker works', async () => {
    await connectCompany(parley);
    const status = await eventually('every part well', async () => {
      const seen = await parley.rest<Status>('GET', '/v1/status');
      return failingOf(seen).length === 0 ? seen : undefined;
    });
    expect(status).toMatchObject({ accounts: { connected: 1 }, connections: { connected: 1 } });
  });

  // Control: the same database and another namespace, in which no worker is.
  it('tells that nobody works', async () => {
    const { namespace } = await createTestNamespace();
    const port = await findOwnPort();
    const api = await startApi({ ...parley.world, temporalNamespace: namespace }, {}, port);
    try {
      const answer = await fetch(`${api.url}/v1/status`, {
        headers: { authorization: `Bearer ${parley.world.adminKey}` },
      });
      expect(failingOf((await answer.json()) as Status)).toEqual(['worker']);
    } finally {
      await api.stop('SIGKILL', 1_000);
    }
  });
});
