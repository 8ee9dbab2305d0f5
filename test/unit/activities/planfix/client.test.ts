import { describe, expect, it } from '@jest/globals';
import { createPlanfixClient } from '../../../../activities/planfix/client.ts';
import { clockOffset } from '../../../../activities/planfix/time.ts';
import { aPlanfix, failureOf, NOW_MS, success, TOKEN } from './fake-planfix.ts';

describe('every call', () => {
  it('goes to the base URL with the token, after the gate, with its options', async () => {
    const { client, sent, gates } = aPlanfix([success({})]);
    await client.ping({ notAfterMs: 5, deadlineMs: 6 });
    expect(sent).toEqual([
      {
        method: 'GET',
        url: 'https://acme.planfix.test/rest/ping',
        headers: { authorization: `Bearer ${TOKEN}`, accept: 'application/json' },
        notAfterMs: 5,
        deadlineMs: 6,
      },
    ]);
    expect(gates()).toBe(1);
  });

  it('sends nothing when the gate refuses, and lets its error through', async () => {
    const refusal = new Error('not before then');
    const client = createPlanfixClient({
      baseUrl: 'https://acme.planfix.test/rest',
      token: TOKEN,
      send: () => Promise.reject(new Error('must not be sent')),
      gate: () => Promise.reject(refusal),
      timeZone: 'UTC',
    });
    expect(await failureOf(client.ping())).toBe(refusal);
  });

  it('reports the time of the server and what is left of the quota, also with a failure', async () => {
    const headers = { date: 'Sun, 22 Nov 2026 13:10:00 GMT', 'x-ratelimit-remaining': '1234' };
    const { client, facts } = aPlanfix([{ status: 500, headers, body: '<html>' }]);
    await failureOf(client.ping());
    expect(facts).toEqual([
      {
        effect: 'read',
        status: 500,
        sentAtMs: NOW_MS,
        receivedAtMs: NOW_MS + 100,
        serverTimeMs: NOW_MS + 600_000,
        remaining: 1234,
      },
    ]);
    expect(facts.map(clockOffset)).toEqual([600_450]);
  });

  it('reports no time when there is none', async () => {
    const { client, facts } = aPlanfix([success({})]);
    await client.ping();
    expect(facts.map(clockOffset)).toEqual([undefined]);
  });
});
