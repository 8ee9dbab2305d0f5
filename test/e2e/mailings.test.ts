import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, connectMailer, mail, mailingOf, mailingOnce, phones, sentBy, twice } from '../support/mailing-world.ts';
import { type Company, eventually, type Parley, planfixOf, startParley, writeAs } from '../support/parley.ts';

const WAITS = { bulkPageMs: 3_000, bulkPageTimeoutMs: 10_000, numberQualityMs: 200 };
const SECOND_MS = 1_000;
/** Of the mailings that are stopped, a second. */
const RATE = 20;

let parley: Parley;
let company: Company;
beforeAll(async () => {
  parley = await startParley({ waits: WAITS });
  await parley.sandbox.control('PUT', 'graph/settings', { pairLimit: false, autoRead: false });
  company = await connectMailer(parley);
});
afterAll(() => parley?.stop());

const digitsOf = (phone: string) => phone.replace(/\D/g, '');
const sentOf = async (to: readonly string[]) => {
  const wanted = new Set(to.map(digitsOf));
  return (await sentBy(parley, company)).filter((item) => wanted.has(digitsOf(item.to)));
};

const writeFrom = (phone: string, text: string) =>
  parley.sandbox.control('POST', 'graph/messages', {
    phoneNumberId: company.phoneNumberId,
    from: digitsOf(phone),
    text,
  });

/** All words of the task in which these stand. */
const shownWith = (words: string) =>
  eventually(`a task with "${words}"`, async () => {
    const { tasks } = await planfixOf(parley, company);
    return tasks
      .map(({ description, comments }) => [description, ...comments.map((comment) => comment.description)].join('\n'))
      .find((text) => text.includes(words));
  });

describe('a mailing', () => {
  it('reaches each recipient once, is counted as it goes, and stays out of tasks until somebody answers', async () => {
    const to = phones(200);
    const { status, body } = await mail(parley, company, to);
    expect([status, body.state]).toEqual([201, 'running']);
    const done = await mailingOnce(
      parley,
      body.id,
      'done and delivered',
      ({ state, counts }) => state === 'done' && counts.delivered === 200,
    );
    expect(done.counts).toMatchObject({
      recipients: 200,
      waiting: 0,
      accepted: 200,
      failed: 0,
      unknown: 0,
      answered: 0,
    });
    const sent = await sentOf(to);
    expect([sent.length, twice(sent)]).toEqual([200, []]);
    // Control: the check of double ones sees one.
    expect(twice([...sent, ...sent.slice(0, 1)])).toHaveLength(1);
    expect((await planfixOf(parley, company)).tasks).toEqual([]);

    await writeFrom(to[7] as string, 'Which Monday?');
    const shown = await shownWith('Which Monday?');
    expect(shown.indexOf('We are closed on Monday')).toBeGreaterThanOrEqual(0);
    expect(shown.indexOf('We are closed on Monday')).toBeLessThan(shown.indexOf('Which Monday?'));
    expect((await mailingOf(parley, body.id)).counts.answered).toBe(1);
    expect((await planfixOf(parley, company)).tasks).toHaveLength(1);
  });

  it('is the same mailing for the same request, and refused for another one with its key', async () => {
    const [to, key] = [phones(3), randomUUID()];
    const first = await mail(parley, company, to, {}, key);
    const second = await mail(parley, company, to, {}, key);
    expect([first.status, second.status, second.body.id]).toEqual([201, 201, first.body.id]);
    expect((await mail(parley, company, to.slice(1), {}, key)).status).toBe(409);
    // Control: without the key it is another mailing.
    const third = await mail(parley, company, to);
    expect(third.body.id).not.toBe(first.body.id);
    for (const { body } of [first, third]) await mailingOnce(parley, body.id, 'done', ({ state }) => state === 'done');
    expect(await sentOf(to)).toHaveLength(6);
  });

  it('waits for its time, and may be cancelled before that', async () => {
    const [to, others] = [phones(2), phones(2)];
    const startAt = new Date(Date.now() + 8 * SECOND_MS).toISOString();
    const [kept, dropped] = [
      await mail(parley, company, to, { startAt }),
      await mail(parley, company, others, { startAt }),
    ];
    expect([kept.body.state, dropped.body.state]).toEqual(['scheduled', 'scheduled']);
    await ask(parley, 'POST', `/v1/mailings/${dropped.body.id}/cancel`);
    await mailingOnce(parley, kept.body.id, 'done', ({ state }) => state === 'done');
    const sent = await sentOf([...to, ...others]);
    expect(sent.map((item) => digitsOf(item.to)).sort()).toEqual(to.map(digitsOf).sort());
    expect(sent.every(({ atMs }) => atMs >= Date.parse(startAt))).toBe(true);
  });

  it('is refused as a whole when one line is bad, and goes to the others when that was asked for', async () => {
    const to = [...phones(2), '030 1234567', '+49 30 1234567'];
    const refused = await mail(parley, company, to);
    expect(refused.status).toBe(422);
    expect(refused.body.errors?.map(({ path }) => path)).toEqual(['recipients.2.to', 'recipients.3.to']);
    expect(refused.body.errors?.map(({ message }) => message)).toEqual([
      'The phone has no country',
      'This is a landline, which cannot be on WhatsApp',
    ]);
    expect(await sentOf(to)).toEqual([]);
    const taken = await mail(parley, company, to, { skipBadLines: true });
    expect(taken.status).toBe(201);
    const done = await mailingOnce(parley, taken.body.id, 'done', ({ state }) => state === 'done');
    expect([done.counts.bad, done.counts.accepted]).toEqual([2, 2]);
    expect(done.badLines.map(({ path }) => path)).toEqual(['recipients.2.to', 'recipients.3.to']);
  });

  it('comes as a file, too, and each line has its own words', async () => {
    const to = phones(4);
    const form = new FormData();
    const template = { name: 'offer', language: 'en' };
    form.set('mailing', JSON.stringify({ connectionId: company.connectionId, template }));
    const lines = to.map((phone, index) => `="${phone}";Guest ${index}`);
    form.set('recipients', new Blob([`\ufeffphone;body.1\r\n${lines.join('\r\n')}\r\n="${to[0]}";again`]), 'list.csv');
    const { status, body } = await ask(parley, 'POST', '/v1/mailings', { form });
    expect(status).toBe(201);
    const done = await mailingOnce(parley, body.id, 'done', ({ state }) => state === 'done');
    expect([done.lines, done.counts.duplicate, done.counts.accepted]).toEqual([5, 1, 4]);
    const chat = await parley.sandbox.control<{ items: { text: string }[] }>(
      'GET',
      `graph/customers/${digitsOf(to[3] as string)}/messages?phoneNumberId=${company.phoneNumberId}`,
    );
    expect(JSON.stringify(chat)).toContain('Hello Guest 3, all shoes are at half price');
    await writeFrom(to[3] as string, 'In my size, too?');
    const shown = await shownWith('In my size, too?');
    expect(shown).toContain('Hello Guest 3, all shoes are at half price');
    // Control: nobody else's words are there.
    expect(shown).not.toMatch(/Guest [0-2]/);
  });

  it('of a text reaches those who wrote within a day, and its words come with their answer', async () => {
    const [phone] = phones(1) as [string];
    await writeAs(parley, company, { phone: digitsOf(phone), name: 'Jane Roe' }, 'Are you open?');
    await shownWith('Are you open?');
    const more = { template: undefined, text: 'We are open all week' };
    const refused = await mail(parley, company, [phone, ...phones(1)], more);
    expect([refused.status, refused.body.errors?.map(({ path }) => path)]).toEqual([422, ['recipients.1.to']]);
    const { body } = await mail(parley, company, [phone], more);
    await mailingOnce(parley, body.id, 'done', ({ state }) => state === 'done');
    expect((await sentOf([phone])).map(({ type }) => type)).toEqual(['text']);
    expect(await shownWith('Are you open?')).not.toContain('We are open all week');
    await writeFrom(phone, 'See you then');
    expect(await shownWith('See you then')).toMatch(/We are open all week.*See you then/s);
  });
});

describe('a mailing that is under way', () => {
  const begin = async (count: number, rate: number) => {
    const to = phones(count);
    const { body } = await mail(parley, company, to, { rate });
    await mailingOnce(parley, body.id, 'under way', ({ counts }) => (counts.accepted ?? 0) >= 5);
    return { id: body.id, to };
  };

  it('stops within a second when it is paused, and goes on where it was', async () => {
    const { id, to } = await begin(120, RATE);
    const paused = await ask(parley, 'POST', `/v1/mailings/${id}/pause`);
    expect([paused.status, paused.body.state]).toEqual([200, 'paused']);
    const pausedAtMs = Date.now();
    const atPause = (await sentOf(to)).length;
    await eventually('three seconds', async () => Date.now() - pausedAtMs > 3 * SECOND_MS || undefined);
    // By what leaves in a second, however late the network hears of it.
    expect((await sentOf(to)).length - atPause).toBeLessThanOrEqual(RATE);
    expect((await ask(parley, 'POST', `/v1/mailings/${id}/pause`)).status).toBe(409);
    await ask(parley, 'POST', `/v1/mailings/${id}/resume`);
    const done = await mailingOnce(parley, id, 'done', ({ state }) => state === 'done');
    expect(done.counts.accepted).toBe(120);
    const sent = await sentOf(to);
    // Control: what was sent after the pause is what the resumption brought.
    expect([sent.length, twice(sent)]).toEqual([120, []]);
  });

  it('sends no more once it is cancelled, and says how many got it', async () => {
    const { id, to } = await begin(120, RATE);
    await ask(parley, 'POST', `/v1/mailings/${id}/cancel`);
    const atCancel = (await sentOf(to)).length;
    const over = await mailingOnce(
      parley,
      id,
      'over',
      ({ finishedAt, counts }) => finishedAt !== null && counts.waiting === 0,
    );
    expect(over.state).toBe('cancelled');
    const sent = await sentOf(to);
    expect(sent.length - atCancel).toBeLessThanOrEqual(RATE);
    expect(sent.length).toBeLessThan(120);
    expect([over.counts.accepted, (over.counts.cancelled ?? 0) + sent.length]).toEqual([sent.length, 120]);
    expect((await ask(parley, 'POST', `/v1/mailings/${id}/resume`)).status).toBe(409);
    expect(await sentOf(to)).toHaveLength(sent.length);
  });

  it('stops when its template is paused, with the reason, and goes on when it is approved again', async () => {
    const { id, to } = await begin(160, RATE);
    const { items } = await parley.sandbox.control<{ items: { id: string; name: string }[] }>(
      'GET',
      `graph/templates?wabaId=${company.wabaId}`,
    );
    const template = items.find(({ name }) => name === 'notice')?.id;
    await parley.sandbox.control('POST', `graph/templates/${template}/pause`, {});
    const stopped = await mailingOnce(parley, id, 'stopped', ({ state }) => state === 'stopped');
    expect(stopped.reason).toBe('template-paused');
    expect(stopped.reasonDetail).toMatch(/paused the template/);
    await parley.sandbox.control('POST', `graph/templates/${template}/approve`, {});
    await eventually('the template as sendable', async () => {
      const shown = await parley.rest<{ items: { name: string; status: string }[] }>(
        'GET',
        `/v1/templates?connectionId=${company.connectionId}`,
      );
      return shown.items.some(({ name, status }) => name === 'notice' && status === 'approved') || undefined;
    });
    await ask(parley, 'POST', `/v1/mailings/${id}/resume`);
    await mailingOnce(parley, id, 'done', ({ state }) => state === 'done');
    expect(twice(await sentOf(to))).toEqual([]);
  });
});
