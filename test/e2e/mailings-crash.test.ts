import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectMailer, mail, mailingOnce, phones, sentBy, twice } from '../support/mailing-world.ts';
import { type Company, eventually, type Parley, startParley } from '../support/parley.ts';

let parley: Parley;
let company: Company;
beforeAll(async () => {
  parley = await startParley({ waits: { bulkPageMs: 3_000, bulkPageTimeoutMs: 10_000 } });
  // Until a status says so, nobody knows what became of a send whose answer was lost.
  await parley.sandbox.control('PUT', 'graph/settings', {
    pairLimit: false,
    autoRead: false,
    statusDelayMs: 3_600_000,
  });
  company = await connectMailer(parley);
});
afterAll(() => parley?.stop());

const HANGING = { target: 'graph', purpose: 'send', messageType: 'template', skip: 0 };
type Rule = { id: string; kind: string };

async function untilStruck(kind: string): Promise<void> {
  await eventually(`the sends that ${kind}`, async () => {
    const { items } = await parley.sandbox.control<{ items: Rule[] }>('GET', 'faults');
    return items.some((rule) => rule.kind === kind) ? undefined : true;
  });
}

type Problem = { messageId: string; kind: string };
const unknownOnes = async (): Promise<string[]> => {
  const path = '/v1/problems?kind=unknown-send&limit=200';
  return (await parley.rest<{ items: Problem[] }>('GET', path)).items.map(({ messageId }) => messageId);
};

describe('a mailing whose worker is killed in the middle, three times', () => {
  it('reaches nobody twice; what nobody knows is listed and never repeated', async () => {
    const to = phones(300);
    const { body } = await mail(parley, company, to, { rate: 40 });
    for (const round of [1, 2, 3]) {
      await mailingOnce(parley, body.id, 'further on', ({ counts }) => (counts.accepted ?? 0) >= 30 * round);
      // Two that arrive and two that do not, and the worker hears of neither.
      await parley.sandbox.control('POST', 'faults', { ...HANGING, kind: 'hang-after', times: 2 });
      await parley.sandbox.control('POST', 'faults', { ...HANGING, kind: 'hang', times: 2 });
      await untilStruck('hang-after');
      await untilStruck('hang');
      await parley.worker.stop('SIGKILL', 5_000);
      parley.worker = await parley.worker.startAgain();
    }
    const done = await mailingOnce(parley, body.id, 'done', ({ state }) => state === 'done', 60_000);
    const sent = await sentBy(parley, company);
    expect(twice(sent)).toEqual([]);
    // Control: a repeated send would be seen, and so would one that was left out.
    expect(twice([...sent, ...sent.slice(0, 1)])).toHaveLength(1);
    const unknown = done.counts.unknown ?? 0;
    expect(unknown).toBeGreaterThanOrEqual(12);
    expect((done.counts.accepted ?? 0) + unknown).toBe(300);
    const listed = await eventually('a problem for each that is unknown', async () => {
      const found = await unknownOnes();
      return found.length >= unknown ? found : undefined;
    });
    expect(listed).toHaveLength(unknown);
    const { items } = await parley.rest<{ items: { messageId: string }[] }>(
      'GET',
      `/v1/mailings/${body.id}/recipients?state=unknown&limit=1000`,
    );
    expect(items.map(({ messageId }) => messageId).sort()).toEqual([...listed].sort());
    // Each is either known to have been accepted, or one that nobody knows.
    const reached = new Set(sent.map(({ callbackData }) => callbackData));
    expect(listed.some((id) => reached.has(id))).toBe(true);
    const lost = listed.find((id) => !reached.has(id));
    expect(lost).toBeDefined();
    // A person who knows better has one of them sent again: that one, and no other.
    const { items: problems } = await parley.rest<{ items: (Problem & { id: string })[] }>(
      'GET',
      '/v1/problems?kind=unknown-send&limit=200',
    );
    await parley.rest('POST', `/v1/problems/${problems.find(({ messageId }) => messageId === lost)?.id}/resend`);
    await eventually('the one that was lost', async () => {
      const after = await sentBy(parley, company);
      return after.some(({ callbackData }) => callbackData === lost) ? after : undefined;
    });
    await mailingOnce(parley, body.id, 'done again', ({ state }) => state === 'done');
    expect(await sentBy(parley, company)).toHaveLength(sent.length + 1);
  });
});

describe('a mailing whose run is lost', () => {
  it('goes on by itself, and sends nothing twice', async () => {
    const to = phones(120);
    const before = (await sentBy(parley, company)).length;
    const { body } = await mail(parley, company, to, { rate: 30 });
    await mailingOnce(parley, body.id, 'under way', ({ counts }) => (counts.accepted ?? 0) >= 20);
    await parley.temporal.workflow.getHandle(`mailing/${body.id}`).terminate('lost');
    const done = await mailingOnce(parley, body.id, 'done', ({ state }) => state === 'done');
    // Control: it was the first run that was lost, since the second one ended by itself.
    await eventually('the end of the second run', async () => {
      const { status } = await parley.temporal.workflow.getHandle(`mailing/${body.id}`).describe();
      return status.name === 'COMPLETED' || undefined;
    });
    expect(done.counts.accepted).toBe(120);
    const sent = (await sentBy(parley, company)).slice(before);
    expect([sent.length, twice(sent)]).toEqual([120, []]);
  });
});
