import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { type ApiWorld, type ConnectedNumber, startApiWorld, until } from './api-world.ts';
import { storeTemplate } from './stored-templates.ts';

let world: ApiWorld;
let number: ConnectedNumber;
beforeAll(async () => {
  world = await startApiWorld();
  number = await world.connect();
  await storeTemplate(world.db, { name: 'order_ready', body: 'Order {{1}} is ready' });
});
afterAll(() => world.close());

type Sent = { status: number; type: string | null; text: string; ms: number };

async function post(
  body: string,
  options: { to?: ConnectedNumber; secret?: string; type?: string } = {},
): Promise<Sent> {
  const { to = number, secret = to.hintSecret, type = 'application/x-www-form-urlencoded' } = options;
  const beganMs = performance.now();
  const response = await fetch(`${world.url}/webhooks/planfix/${to.planfixAccountId}/send`, {
    method: 'POST',
    headers: { 'content-type': type, 'x-parley-secret': secret },
    body,
  });
  const text = await response.text();
  return { status: response.status, type: response.headers.get('content-type'), text, ms: performance.now() - beganMs };
}

const send = (fields: Record<string, string>, to = number) => post(new URLSearchParams(fields).toString(), { to });
const order = (more: Record<string, string> = {}) => ({
  ...{ phone: '+49 1512 7654321', template: 'order_ready', language: 'en', 'body.1': randomUUID() },
  ...more,
});
const startsOf = (to = number) =>
  world.db
    .selectFrom('conversationStart')
    .where('planfixAccountId', '=', to.planfixAccountId)
    .orderBy('createdAt', 'desc')
    .selectAll()
    .execute();
const outboundTexts = async () =>
  (await world.db.selectFrom('message').where('direction', '=', 'outbound').select('text').execute()).map(
    ({ text }) => text,
  );

describe('who sends', () => {
  it('is known by the secret of the account', async () => {
    const body = new URLSearchParams(order()).toString();
    expect(await post(body, { secret: 'another' })).toMatchObject({ status: 401, text: '' });
    expect((await post(body, { to: { ...number, planfixAccountId: randomUUID() } })).status).toBe(404);
    expect(await startsOf()).toEqual([]);
    // Control
    expect((await post(body)).status).toBe(200);
    expect(await startsOf()).toHaveLength(1);
  });
});

describe('a form', () => {
  it('is taken, and its answer can be shown as a comment', async () => {
    const answer = await send(order({ 'body.1': 'A-17', name: 'Jane' }));
    expect(answer).toMatchObject({ status: 200, type: 'text/plain; charset=utf-8' });
    expect(answer.text).toBe("The message is on its way to the customer. It will be shown in the customer's task.");
    expect(await outboundTexts()).toContain('Order A-17 is ready');
  });

  it.each<[string, () => [string, string]]>([
    ['as JSON', () => ['application/json', JSON.stringify({ ...order({ 'body.1': 'J1' }) })]],
    ['as JSON with a list', () => ['text/plain', JSON.stringify({ ...order(), 'body.1': undefined, body: ['J2'] })]],
    ['with underscores', () => ['x', new URLSearchParams({ ...order({ 'body.1': '' }), body_1: ' J3 ' }).toString()]],
    ['in other case', () => ['x', new URLSearchParams({ ...order({ 'body.1': '' }), 'BODY.1': 'J4' }).toString()]],
  ])('%s is understood', async (_, make) => {
    const [type, body] = make();
    expect((await post(body, { type })).text).toContain('on its way');
    expect((await outboundTexts()).filter((text) => /^Order J\d is ready$/.test(text))).not.toEqual([]);
  });

  it('with a task alone, or an unknown contact, waits for Planfix and says so', async () => {
    const { phone: _, ...rest } = order();
    const byTask = await send({ ...rest, task: '4711' });
    expect(byTask.text).toContain('asks Planfix');
    expect(byTask.text).toContain('a comment on task 4711 says why');
    const [looking] = await startsOf();
    expect(looking).toMatchObject({ state: 'looking', planfixTask: 4711, recipient: { kind: 'task' } });
    await until('its run', () =>
      world.beyond.runs.some(({ kind, id }) => kind === 'conversation-start' && id === looking?.id),
    );
    const byContact = await send({ ...rest, contact: 'contact:12' });
    // There is no task that a comment could come on.
    expect(byContact.text).toContain('the list of problems in Parley says why');
    expect(byContact.text).not.toContain('comment');
    expect((await startsOf())[0]).toMatchObject({ recipient: { kind: 'contact', contact: 12 } });
  });

  it('that comes again from the same button sends nothing again for four hours', async () => {
    const form = order({ button: 'ready' });
    await send(form);
    const before = (await outboundTexts()).length;
    const again = await send(form);
    expect(again.text).toMatch(/^Already asked for at \d\d:\d\d/);
    expect(await outboundTexts()).toHaveLength(before);
    // Control: another button, and the same one after the time.
    await send({ ...form, button: 'another' });
    expect(await outboundTexts()).toHaveLength(before + 1);
    const [{ id: last } = { id: '' }] = await startsOf();
    const old = new Date(Date.now() - 4 * 60 * 60_000 - 1_000);
    await world.db.updateTable('conversationStart').set({ createdAt: old }).where('id', '=', last).execute();
    await send({ ...form, button: 'another' });
    expect(await outboundTexts()).toHaveLength(before + 2);
  });

  it('may be sent again at once when the message did not arrive', async () => {
    const form = order();
    await send(form);
    const [{ messageId } = { messageId: '' }] = await startsOf();
    await world.db.updateTable('message').set({ state: 'failed' }).where('id', '=', String(messageId)).execute();
    expect((await send(form)).text).toContain('on its way');
  });
});

describe('what is wrong is said with its remedy, always with 200, and nothing is stored', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ['a phone without a country', order({ phone: '0151 23456789' }), /no country\. Write it with "\+"/],
    ['a landline', order({ phone: '+49 30 901820' }), /landline.*mobile/],
    ['nobody to send to', order({ phone: '' }), /^Nothing was sent\. Give task, contact or phone\.$/],
    ['a task that is no number', order({ task: 'none' }), /"task" is not a number/],
    ['a variable that was not filled in', order({ 'body.1': '{{Task.Name}}' }), /"body.1" holds a variable/],
    ['no template and no text', order({ template: '' }), /"template" is missing/],
    ['no language', order({ language: '' }), /"language" is missing/],
    [
      'an unknown template',
      order({ template: 'none' }),
      /Template none:\nThere is no template "none"\. These are approved: order_ready/,
    ],
    ['a value that is missing', order({ 'body.1': '' }), /order_ready:\nbody\.1: The value of \{\{1\}\} is missing/],
    ['a value too many', order({ 'body.2': 'x' }), /\nbody\.2: The template has no placeholder \{\{2\}\}/],
    ['a name for a number', { ...order({ 'body.1': '' }), 'body.a': 'x' }, /\nbody: .*Use these fields: body\.1\.$/],
    ['a file for no header', order({ 'header.link': 'https://a.example/b' }), /\nheader: .*Leave it out/],
    ['a value for no button', order({ 'button.1': 'x' }), /\nbutton: 1 values .*Leave them out/],
    ['a text to a stranger', { phone: '+4915127654000', text: 'Hello' }, /24 hours: .*Send a template/],
    ['another connection', order({ connection: randomUUID() }), /names no WhatsApp number.*\+1 555 0100/s],
    ['a text beyond all measure', { phone: '+4915127654000', text: 'x'.repeat(4_097) }, /"text" is too long/],
  ])('%s', async (_, form, text) => {
    const before = (await startsOf()).length;
    const answer = await send(form);
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(/^Nothing was sent\./);
    expect(answer.text).toMatch(text);
    expect(await startsOf()).toHaveLength(before);
  });

  it.each<[string, string]>([
    ['an empty body', ''],
    ['broken JSON', '{"task": 1'],
    ['bytes', '\u0000\u0001'],
    ['two megabytes', 'x'.repeat(2 * 1024 * 1024)],
  ])('%s', async (_, body) => {
    expect(await post(body)).toMatchObject({ status: 200, text: expect.stringContaining('Nothing was sent.') });
  });

  it('in the language of the connection', async () => {
    const theirs = await world.connect();
    await world.db
      .updateTable('connection')
      .set((eb) => ({ settings: eb.fn('jsonb_set', ['settings', eb.val('{language}'), eb.val('"ru"')]) as never }))
      .where('id', '=', theirs.connectionId)
      .execute();
    expect((await send(order({ phone: '0151' }), theirs)).text).toMatch(/^Ничего не отправлено\. .*кодом страны/);
    expect((await send(order({ template: 'none' }), theirs)).text).toBe(
      'Ничего не отправлено. Шаблон none:\nШаблона «none» нет. Одобрены: order_ready.',
    );
    expect((await send(order({ 'body.1': '' }), theirs)).text).toBe(
      'Ничего не отправлено. Шаблон order_ready:\nbody.1: Значение {{1}} не указано. Укажите его.',
    );
    expect((await send(order(), theirs)).text).toMatch(/^Сообщение отправляется клиенту/);
  });

  it('where the account has several numbers, and the form names none', async () => {
    const one = await world.connect();
    const second = await world.call('POST', '/v1/connections', {
      body: {
        provider: 'whatsapp-cloud',
        planfixAccountId: one.planfixAccountId,
        metaAppId: one.metaAppId,
        phoneNumberId: String(Date.now()),
        wabaId: '102290129340398',
        accessToken: 'graph-token-e2a0',
        configuredBy: 'user:2',
        settings: { taskTemplate: 10, additionalAssignees: [], newTaskWhenNoneActive: true, language: 'en' },
      },
    });
    const unnamed = await send(order(), one);
    expect(unnamed.text).toContain('several WhatsApp numbers');
    expect(unnamed.text).toContain(one.connectionId);
    expect(await startsOf(one)).toEqual([]);
    expect((await send(order({ connection: String(second.body.id) }), one)).text).toContain('on its way');
  });
});

it('is answered with 200 within a second while the database hangs, and the same form sends once', async () => {
  const form = order();
  const release = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const holding = world.db.transaction().execute(async (trx) => {
    await trx.selectFrom('planfixAccount').where('id', '=', number.planfixAccountId).forUpdate().select('id').execute();
    locked.resolve();
    await release.promise;
  });
  await locked.promise;
  const answer = await send(form);
  release.resolve();
  await holding;
  expect(answer.status).toBe(200);
  // It came while the database hung; that it did not take long is Planfix's patience.
  expect(answer.ms).toBeLessThan(5_000);
  expect(answer.text).toContain('Try again');
  await until('it is answered', async () => !(await send(form)).text.includes('Try again'));
  expect((await outboundTexts()).filter((text) => text.includes(String(form['body.1'])))).toHaveLength(1);
});

it('is answered at once, too, when its secret cannot be looked up', async () => {
  const form = order();
  const release = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const holding = world.db.transaction().execute(async (trx) => {
    await sql`lock table planfix_account in access exclusive mode`.execute(trx);
    locked.resolve();
    await release.promise;
  });
  await locked.promise;
  const startMs = Date.now();
  let slowestMs = 0;
  // Longer than a secret is remembered.
  while (Date.now() - startMs < 4_000) {
    const { status, ms } = await send(form);
    expect(status).toBe(200);
    slowestMs = Math.max(slowestMs, ms);
  }
  release.resolve();
  await holding;
  expect(slowestMs).toBeLessThan(5_000);
});
