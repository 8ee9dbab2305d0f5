import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, connectMailer, mail, mailingOnce, phones, sentBy } from '../support/mailing-world.ts';
import { type Company, type Parley, startParley } from '../support/parley.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley({ waits: { bulkPageMs: 1_000, bulkPageTimeoutMs: 10_000, numberQualityMs: 100 } });
  await parley.sandbox.control('PUT', 'graph/settings', { pairLimit: false, autoRead: false });
});
afterAll(() => parley?.stop());

const fault = (company: Company, rule: Record<string, unknown>) =>
  parley.sandbox.control<{ id: string }>('POST', 'faults', {
    target: 'graph',
    purpose: 'send',
    messageType: 'template',
    phoneNumberId: company.phoneNumberId,
    skip: 0,
    times: 0,
    ...rule,
  });
const endFaults = () => parley.sandbox.control('DELETE', 'faults');

const begin = async (company: Company, count: number, more: Record<string, unknown> = {}) => {
  const { body, status } = await mail(parley, company, phones(count), more);
  expect(status).toBe(201);
  return body.id;
};
const pausedBy = async (id: string) =>
  (await mailingOnce(parley, id, 'paused', ({ state }) => state === 'paused')).reason;

describe('the brake of a mailing that runs', () => {
  it('pauses it when the network rates the number worse, and not before', async () => {
    const company = await connectMailer(parley);
    const id = await begin(company, 200, { rate: 20 });
    // Control: it goes on for as long as nothing is wrong.
    await mailingOnce(
      parley,
      id,
      'under way',
      ({ counts, state }) => state === 'running' && (counts.accepted ?? 0) > 25,
    );
    await parley.sandbox.control('POST', `graph/numbers/${company.phoneNumberId}`, { qualityRating: 'YELLOW' });
    expect(await pausedBy(id)).toBe('quality');
    const accepted = (await sentBy(parley, company)).length;
    expect(accepted).toBeLessThan(200);
    // Whoever resumes it has seen it: the rating of now is what it is compared with.
    await ask(parley, 'POST', `/v1/mailings/${id}/resume`);
    await mailingOnce(parley, id, 'done', ({ state }) => state === 'done');
    expect(await sentBy(parley, company)).toHaveLength(200);
  });

  it.each([
    ['refused at once', 'error'],
    ['told after the message was taken', 'async-error'],
  ])('pauses it at once when messages are limited as spam, %s', async (_when, kind) => {
    const company = await connectMailer(parley);
    await fault(company, { kind, code: 131048, skip: 20 });
    const id = await begin(company, 500, { rate: 40 });
    expect(await pausedBy(id)).toBe('spam-limit');
    await endFaults();
    const { counts } = await mailingOnce(parley, id, 'paused', ({ state }) => state === 'paused');
    // Ten seconds at its rate are left, so "at once" has that much time.
    expect(counts.waiting).toBeGreaterThan(50);
    expect((await sentBy(parley, company)).length).toBeLessThan(450);
  });

  it('pauses it when the network holds back too many, and goes through when it holds back few', async () => {
    const company = await connectMailer(parley);
    await fault(company, { kind: 'async-error', code: 131049, times: 30 });
    const id = await begin(company, 500, { rate: 40 });
    expect(await pausedBy(id)).toBe('held-back');
    await endFaults();
    await fault(company, { kind: 'async-error', code: 131049, times: 5 });
    const other = await begin(company, 100);
    const done = await mailingOnce(
      parley,
      other,
      'done',
      ({ state, counts }) => state === 'done' && counts.failed === 5,
    );
    expect(done.counts.failedByReason).toEqual({ 'recipient-unreachable:131049': 5 });
    await endFaults();
  });
});
