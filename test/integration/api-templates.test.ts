import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recordTemplateFailure } from '../../db/channel-accounts.ts';
import { aTemplate, knowTemplates } from '../support/templates.ts';
import {
  type ApiAnswer,
  type ApiWorld,
  aNewAccount,
  aNewApp,
  aNewConnection,
  anEnvelope,
  aText,
  postMeta,
  startApiWorld,
  until,
  untilSignalled,
} from './api-world.ts';

let world: ApiWorld;
/** Two companies, each with a number in an account of its own. */
let acme: Company;
let other: Company;
beforeAll(async () => {
  world = await startApiWorld();
  [acme, other] = [await aCompany(), await aCompany()];
  await knowTemplates(world.db, acme.account, TEMPLATES);
  await knowTemplates(world.db, other.account, [aTemplate({ name: 'theirs' })]);
});
afterAll(() => world.close());

const TEMPLATES = [
  aTemplate({ components: { body: { text: 'Order {{1}} on {{2}}', example: { 1: 'A-17', 2: 'Monday' } } } }),
  aTemplate({ id: '2', language: 'ru', status: 'paused', statusReason: 'LOW_QUALITY', quality: 'RED' }),
  aTemplate({ id: '3', name: 'news', category: 'marketing', components: { body: { text: 'News!' } } }),
  aTemplate({
    id: '4',
    name: 'invoice',
    language: 'en',
    parameterFormat: 'named',
    components: {
      header: { format: 'document' },
      body: { text: 'Invoice for {{name}}' },
      buttons: [{ type: 'url', name: 'URL', text: 'Pay', url: 'https://pay.example/{{1}}' }],
    },
  }),
];

type Company = Awaited<ReturnType<typeof aCompany>>;
async function aCompany() {
  const account = await world.call('POST', '/v1/planfix-accounts', { body: aNewAccount() });
  const app = await world.call('POST', '/v1/meta-apps', { body: aNewApp() });
  const ids = { planfixAccountId: String(account.body.id), metaAppId: String(app.body.id) };
  const body = { ...aNewConnection(ids), wabaId: String(Math.trunc(Math.random() * 1e15)) };
  const connection = await world.call('POST', '/v1/connections', { body });
  return {
    ...ids,
    phoneNumberId: body.phoneNumberId,
    connectionId: String(connection.body.id),
    account: { provider: body.provider, accountKey: body.wabaId },
  };
}

async function keyOf({ planfixAccountId }: Company, scopes = ['read', 'write:messages']): Promise<string> {
  const { body } = await world.call('POST', '/v1/api-keys', { body: { name: 'test', scopes, planfixAccountId } });
  return String(body.secret);
}
type Item = Record<string, unknown> & { id: string; name: string };
const list = async (query = '', key?: string): Promise<Item[]> => {
  const answer = await world.call('GET', `/v1/templates${query}`, key === undefined ? {} : { key });
  return answer.body.items as Item[];
};

describe('the list of templates', () => {
  it('tells what a caller needs to fill one in, and how it then reads', async () => {
    const [item] = await list(`?connectionId=${acme.connectionId}&name=order_ready&language=en_US`);
    expect(item).toMatchObject({
      ...{ category: 'utility', status: 'approved', sendable: true, notSendableBecause: null, version: 1 },
      connectionIds: [acme.connectionId],
      needs: {
        format: 'positional',
        header: [],
        buttons: [],
        body: [
          { placeholder: '1', example: 'A-17' },
          { placeholder: '2', example: 'Monday' },
        ],
      },
      preview: 'Order A-17 on Monday',
      example: { name: 'order_ready', language: 'en_US', parameters: { body: ['A-17', 'Monday'] } },
    });
  });

  it('tells why one cannot be sent', async () => {
    const [item] = await list('?language=ru');
    expect(item).toMatchObject({ sendable: false, statusReason: 'LOW_QUALITY', quality: 'RED' });
    expect(item?.notSendableBecause).toMatch(/paused .*\(LOW_QUALITY\)\. Wait/);
  });

  it.each([
    ['status=PAUSED', 1],
    ['category=Marketing', 1],
    ['name=order_ready', 2],
    ['name=order_ready&status=approved', 1],
    ['name=nothing', 0],
  ])('is narrowed by %s', async (query, count) => {
    expect(await list(`?connectionId=${acme.connectionId}&${query}`)).toHaveLength(count);
  });

  it.each([1, 2, 3, 200])('comes by name and language, in pages of %i', async (limit) => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const query = `connectionId=${acme.connectionId}&limit=${limit}${cursor}`;
      const { body } = await world.call('GET', `/v1/templates?${query}`);
      seen.push(...(body.items as Item[]).map(({ name, language }) => `${name} ${language}`));
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    // Not as they were stored, which is the order of their ids.
    expect(seen).toEqual(['invoice en', 'news en_US', 'order_ready en_US', 'order_ready ru']);
  });

  it('is, for a key of a company, its own; and so is each of them', async () => {
    const [ours, theirs] = [await keyOf(acme), await keyOf(other)];
    expect((await list('', ours)).map(({ name }) => name).sort()).toEqual([
      'invoice',
      'news',
      'order_ready',
      'order_ready',
    ]);
    expect((await list('', theirs)).map(({ name }) => name)).toEqual(['theirs']);
    expect(await list(`?connectionId=${acme.connectionId}`, theirs)).toEqual([]);
    const [item] = await list('', ours);
    expect((await world.call('GET', `/v1/templates/${item?.id}`, { key: ours })).body).toEqual(item);
    expect((await world.call('GET', `/v1/templates/${item?.id}`, { key: theirs })).status).toBe(404);
  });

  it('still shows a version that was replaced to whoever knows its id', async () => {
    const company = await aCompany();
    await knowTemplates(world.db, company.account, [aTemplate()]);
    const [old] = await list(`?connectionId=${company.connectionId}`);
    await knowTemplates(world.db, company.account, [aTemplate({ category: 'marketing' })]);
    const now = await list(`?connectionId=${company.connectionId}`);
    expect(now.map(({ version, category }) => [version, category])).toEqual([[2, 'marketing']]);
    const { body } = await world.call('GET', `/v1/templates/${old?.id}`);
    expect(body).toMatchObject({ version: 1, category: 'utility', sendable: false, replacedAt: expect.any(String) });
  });
});

const syncs = () => world.beyond.runs.filter(({ kind }) => kind === 'template-sync');

describe('reading templates now', () => {
  const sync = (connectionId: string, key?: string) =>
    world.call('POST', '/v1/templates/sync', { body: { connectionId }, ...(key === undefined ? {} : { key }) });

  it('answers when it is done', async () => {
    world.beyond.runs.length = 0;
    const answer = sync(acme.connectionId);
    await until('the signal', () => syncs().length > 0);
    const { channelAccountId } = await knowTemplates(world.db, acme.account, TEMPLATES);
    expect(syncs()).toEqual([{ kind: 'template-sync', id: channelAccountId }]);
    const { status, body } = await answer;
    expect([status, body.failures, body.reason]).toEqual([200, 0, null]);
    expect(Date.parse(String(body.syncedAt))).toBeGreaterThan(Date.now() - 60_000);
  });

  it('says after a while that it is not done yet', async () => {
    const company = await aCompany();
    const { status, body } = await sync(company.connectionId);
    expect([status, body.syncedAt]).toEqual([202, null]);
  });

  it('is done when it fails, too, and says why', async () => {
    const company = await aCompany();
    world.beyond.runs.length = 0;
    const answer = sync(company.connectionId);
    await until('the signal', () => syncs().length > 0);
    const failure = { reason: 'credentials-rejected', detail: 'no permission', retryInMs: 5_000, isLasting: false };
    await recordTemplateFailure(world.db, String(syncs()[0]?.id), failure);
    const { status, body } = await answer;
    expect([status, body.syncedAt, body.reason]).toEqual([200, null, 'credentials-rejected']);
  });

  it('is for the own connections only, and with the scope for it', async () => {
    expect((await sync(acme.connectionId, await keyOf(other))).status).toBe(422);
    expect((await sync(acme.connectionId, await keyOf(acme, ['read']))).status).toBe(403);
    expect((await sync(randomUUID())).status).toBe(422);
  });
});

describe('news about templates', () => {
  const news = (company: Company, more: object = {}) => {
    const value = { event: 'PAUSED', message_template_id: 7, message_template_name: 'a', ...more };
    const body = anEnvelope(company.phoneNumberId, value, 'message_template_status_update');
    return { ...body, entry: [{ ...body.entry[0], id: company.account.accountKey, time: Date.now() }] };
  };
  const runsOf = async (body: unknown) => {
    world.beyond.runs.length = 0;
    const { status } = await postMeta(world, acme.metaAppId, body);
    expect(status).toBe(200);
    await untilSignalled(world, acme);
    return syncs();
  };

  it('has them read again, once', async () => {
    const { channelAccountId: id } = await knowTemplates(world.db, acme.account, TEMPLATES);
    const body = news(acme);
    expect(await runsOf(body)).toEqual([{ kind: 'template-sync', id }]);
    expect(await runsOf(body)).toEqual([]);
  });

  it('does nothing for accounts that are not known, or for other news (control)', async () => {
    expect(await runsOf(news({ ...acme, account: { ...acme.account, accountKey: '404' } }))).toEqual([]);
    const [entry] = news(acme, { event: 'VERIFIED' }).entry;
    const changes = [{ field: 'account_update', value: { event: 'VERIFIED_ACCOUNT' } }];
    expect(await runsOf({ object: 'whatsapp_business_account', entry: [{ ...entry, changes }] })).toEqual([]);
  });
});

describe('a template that is sent', () => {
  let conversationId: string;
  beforeAll(async () => {
    const text = aText('4915112345678', 'Hello');
    await postMeta(world, acme.metaAppId, anEnvelope(acme.phoneNumberId, { messages: [text] }));
    const row = await world.db
      .selectFrom('message')
      .where('channelMessageId', '=', text.id)
      .select('conversationId')
      .executeTakeFirstOrThrow();
    conversationId = row.conversationId;
  });
  const send = (template: unknown): Promise<ApiAnswer> =>
    world.call('POST', '/v1/messages', { body: { conversationId, template } });
  const outbound = () =>
    world.db
      .selectFrom('message')
      .where('conversationId', '=', conversationId)
      .where('direction', '=', 'outbound')
      .select(['text', 'content', 'templateId'])
      .execute();

  it('is stored with its words and the version that was checked', async () => {
    const [item] = await list(`?connectionId=${acme.connectionId}&name=invoice`);
    const answer = await send({
      name: 'invoice',
      language: 'en',
      parameters: { header: { link: 'https://acme.example/7.pdf' }, body: { name: 'Jane' }, buttons: ['7'] },
    });
    expect([answer.status, answer.body.text]).toEqual([202, 'Invoice for Jane\n[Pay] https://pay.example/7']);
    expect(await outbound()).toEqual([
      {
        text: 'Invoice for Jane\n[Pay] https://pay.example/7',
        templateId: item?.id,
        content: {
          template: {
            name: 'invoice',
            language: 'en',
            parameters: {
              body: { name: 'Jane' },
              headerMedia: { media: 'document', link: 'https://acme.example/7.pdf' },
              buttons: [{ index: 0, type: 'url', value: '7' }],
            },
          },
        },
      },
    ]);
  });

  it.each<[string, unknown, [path: string, message: RegExp, remedy: RegExp][]]>([
    [
      'unknown',
      { name: 'nothing', language: 'en' },
      [['template.name', /no template "nothing"/, /GET \/v1\/templates/]],
    ],
    [
      'known in another language',
      { name: 'order_ready', language: 'en' },
      [['template.language', /no translation/, /en_US, ru/]],
    ],
    ['paused', { name: 'order_ready', language: 'ru' }, [['template.name', /paused .*LOW_QUALITY/, /Wait/]]],
    [
      'filled too little',
      { name: 'order_ready', language: 'en_US', parameters: { body: ['A'] } },
      [['template.parameters.body.1', /\{\{2\}\} is missing/, /./]],
    ],
    [
      'filled too much, with a line break',
      { name: 'order_ready', language: 'en_US', parameters: { body: ['A\nB', 'b', 'c'] } },
      [
        ['template.parameters.body.2', /no placeholder/, /leave out/],
        ['template.parameters.body.0', /line break/, /one line/],
      ],
    ],
    [
      'of 1,025 characters',
      { name: 'order_ready', language: 'en_US', parameters: { body: ['x'.repeat(1_014), 'b'] } },
      [['template.parameters.body', /has 1025 characters/, /by 1 characters/]],
    ],
    [
      'without its file and button',
      { name: 'invoice', language: 'en', parameters: { body: { name: 'Jane' } } },
      [
        ['template.parameters.header', /is a document/, /link/],
        ['template.parameters.buttons', /0 values/, /"Pay"/],
      ],
    ],
    [
      'with an unknown key',
      { name: 'news', language: 'en_US', parameters: { footer: ['a'] } },
      [['template.parameters.footer', /not known/, /docs/]],
    ],
  ])('is refused with every reason and remedy, and not stored, when it is %s', async (_, template, expected) => {
    const before = (await outbound()).length;
    const answer = await send(template);
    expect(answer.status).toBe(422);
    const errors = answer.body.errors as { path: string; message: string; remedy: string }[];
    expect(errors.map(({ path }) => path)).toEqual(expected.map(([path]) => path));
    for (const [at, [, message, remedy]] of expected.entries()) {
      expect(errors[at]?.message).toMatch(message);
      expect(errors[at]?.remedy).toMatch(remedy);
    }
    expect(await outbound()).toHaveLength(before);
  });

  it('is taken when it is filled as the list shows (control)', async () => {
    const items = await list(`?connectionId=${acme.connectionId}`);
    const answers = await Promise.all(items.map(({ example }) => send(example)));
    expect(answers.map(({ status }) => status)).toEqual(items.map(({ sendable }) => (sendable ? 202 : 422)));
    expect(items.filter(({ sendable }) => sendable)).toHaveLength(3);
  });

  it('waits for the first reading of a new connection', async () => {
    const company = await aCompany();
    const text = aText('4915112345678', 'Hello');
    await postMeta(world, company.metaAppId, anEnvelope(company.phoneNumberId, { messages: [text] }));
    const row = await world.db
      .selectFrom('message')
      .where('channelMessageId', '=', text.id)
      .select('conversationId')
      .executeTakeFirstOrThrow();
    const body = { conversationId: row.conversationId, template: { name: 'news', language: 'en_US' } };
    const answer = await world.call('POST', '/v1/messages', { body });
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toBe('The templates of this connection have not been read yet');
  });
});
