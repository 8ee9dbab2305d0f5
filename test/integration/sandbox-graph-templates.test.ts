import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ids, numberOf } from './sandbox-graph-business.ts';
import type { Fields } from './sandbox-graph-receiver.ts';
import { type GraphServer, startGraphServer, until } from './sandbox-graph-server.ts';

let server: GraphServer;

beforeAll(async () => {
  server = await startGraphServer();
});

beforeEach(() => server.reset());

afterAll(() => server.close());

const path = `/${ids.waba}/message_templates`;
const body = { type: 'BODY', text: 'Hi {{1}}, {{2}}', example: { body_text: [['Anna', 'bike']] } };
const named = {
  type: 'BODY',
  text: 'Hi {{who}}',
  example: { body_text_named_params: [{ param_name: 'who', example: 'Anna' }] },
};
const url = { type: 'URL', text: 'Track', url: 'https://example.com/{{1}}', example: ['https://example.com/1'] };
const code = { type: 'COPY_CODE', example: 'SAVE5' };
const template = { name: 'order_ready', language: 'en_US', category: 'UTILITY', components: [body] };

const create = (change: Fields = {}) => server.graph('POST', path, { ...template, ...change });
const list = async (query = '') => (await server.graph('GET', `${path}?${query}`)).json;
const act = (id: unknown, action: string, more: Fields = {}) =>
  server.control('POST', `/graph/templates/${id}/${action}`, { wait: true, ...more });

describe('creating templates', () => {
  it('waits for approval and answers with an id that is text', async () => {
    const { status, json } = await create({ components: [{ type: 'HEADER', format: 'TEXT', text: 'News' }, body] });
    expect({ status, json }).toEqual({
      status: 200,
      json: { id: expect.stringMatching(/^\d{16}$/), status: 'PENDING', category: 'UTILITY' },
    });
    expect(Number.isSafeInteger(Number(json.id))).toBe(true);
    const read = await server.graph('GET', `/${json.id}?fields=name,status,rejected_reason,quality_score`);
    expect(read.json).toMatchObject({ id: json.id, name: 'order_ready', status: 'PENDING', rejected_reason: 'NONE' });
    await act(json.id, 'approve');
    expect((await list()).data).toMatchObject([{ id: json.id, status: 'APPROVED', parameter_format: 'POSITIONAL' }]);
  });

  it.each<[string, Fields]>([
    ['named values', { parameter_format: 'NAMED', components: [named] }],
    ['a picture', { components: [{ type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::x'] } }, body] }],
    [
      'everything at its limit',
      {
        name: 'a'.repeat(512),
        components: [
          { type: 'HEADER', format: 'TEXT', text: 'x'.repeat(60) },
          { type: 'BODY', text: 'x'.repeat(1024) },
          { type: 'FOOTER', text: 'x'.repeat(60) },
          { type: 'BUTTONS', buttons: [url, code, ...Array(8).fill({ type: 'QUICK_REPLY', text: 'x'.repeat(25) })] },
        ],
      },
    ],
  ])('takes %s', async (_what, change) => {
    expect(await create(change)).toMatchObject({ status: 200, json: { status: 'PENDING' } });
  });

  const withButton = (button: Fields) => ({ components: [body, { type: 'BUTTONS', buttons: [button] }] });
  it.each<[string, Fields, string]>([
    ['capitals in the name', { name: 'Order' }, 'Param name must be lower case'],
    ['a name that is too long', { name: 'a'.repeat(513) }, 'Param name must be lower case'],
    ['no language', { language: undefined }, 'The parameter language is required'],
    ['another category', { category: 'OTHER' }, 'Param category must be one of'],
    ['no components', { components: undefined }, 'The parameter components is required'],
    ['no body', { components: [{ type: 'FOOTER', text: 'x' }] }, 'must have a component of type BODY'],
    ['two bodies', { components: [body, body] }, 'has more than one BODY'],
    ['a long body', { components: [{ type: 'BODY', text: 'x'.repeat(1025) }] }, 'at most 1024'],
    [
      'a long header',
      { components: [{ type: 'HEADER', format: 'TEXT', text: 'x'.repeat(61) }, body] },
      'must be at most 60',
    ],
    ['a long footer', { components: [body, { type: 'FOOTER', text: 'x'.repeat(61) }] }, 'must be at most 60'],
    ['values in the footer', { components: [body, { type: 'FOOTER', text: '{{1}}' }] }, 'cannot have placeholders'],
    ['no examples', { components: [{ ...body, example: undefined }] }, "['example']['body_text'] is required"],
    ['too few examples', { components: [{ ...body, example: { body_text: [['a']] } }] }, "['body_text'] is required"],
    ['a gap', { components: [{ ...body, text: '{{1}} {{3}}' }] }, 'numbers from 1'],
    ['names among positions', { components: [{ ...body, text: '{{1}} {{who}}' }] }, 'numbers from 1'],
    [
      'names without examples',
      { parameter_format: 'NAMED', components: [{ ...named, example: {} }] },
      "['body_text_named_params'] is required",
    ],
    ['a picture without example', { components: [{ type: 'HEADER', format: 'IMAGE' }, body] }, "['header_handle']"],
    ['eleven buttons', { components: [body, { type: 'BUTTONS', buttons: Array(11).fill(url) }] }, 'at most 10'],
    ['a long label', withButton({ type: 'QUICK_REPLY', text: 'x'.repeat(26) }), 'must be at most 25'],
    ['an address without example', withButton({ ...url, example: undefined }), "['example'] is required"],
    ['a value amid the address', withButton({ ...url, url: 'https://x.de/{{1}}/y' }), 'at its end'],
    ['a code without example', withButton({ type: 'COPY_CODE' }), "['example'] is required"],
    ['a phone without number', withButton({ type: 'PHONE_NUMBER', text: 'Call' }), "['phone_number'] must be"],
    ['an unknown button', withButton({ type: 'MAGIC', text: 'x' }), "['type'] must be one of"],
  ])('refuses %s', async (_what, change, message) => {
    const { status, json } = await create(change);
    expect({ status, error: json.error }).toMatchObject({
      status: 400,
      error: { code: 100, message: expect.stringContaining(message) },
    });
    expect((await list()).data).toEqual([]);
  });

  it('refuses a second of the same name and language, not another language', async () => {
    await create();
    expect((await create()).json.error).toMatchObject({ code: 100, error_subcode: 2388024 });
    expect((await create({ language: 'de' })).status).toBe(200);
  });
});

describe('the list of templates', () => {
  it('comes in pages, by cursor', async () => {
    for (let index = 0; index < 5; index += 1) await create({ name: `t${index}` });
    const first = await list('limit=2&fields=name');
    expect(first).toEqual({
      data: [
        { name: 't0', id: expect.any(String) },
        { name: 't1', id: expect.any(String) },
      ],
      paging: { cursors: { before: expect.any(String), after: expect.any(String) }, next: expect.any(String) },
    });
    const names: unknown[] = [];
    for (let next = first.paging.next; next !== undefined; ) {
      const { json } = await server.call('GET', next.slice(server.origin.length), undefined, {
        authorization: `Bearer ${ids.token}`,
      });
      names.push(...json.data.map(({ name }) => name));
      next = json.paging.next;
    }
    expect(names).toEqual(['t2', 't3', 't4']);
  });

  it('is filtered by state in small letters, name and language', async () => {
    const { id } = (await create()).json;
    await create({ language: 'de' });
    await create({ name: 'other' });
    await act(id, 'approve');
    const found = async (query: string) => (await list(query)).data.map(({ name, language }) => `${name} ${language}`);
    expect(await found('status=approved')).toEqual(['order_ready en_US']);
    expect(await found('name=order_ready')).toEqual(['order_ready en_US', 'order_ready de']);
    expect(await found('language=de')).toEqual(['order_ready de']);
    expect(await found('status=rejected')).toEqual([]);
    expect((await list('fields=shoe_size')).error.code).toBe(100);
  });

  it('is closed to tokens without the right, and to those of others', async () => {
    const { id } = (await create()).json;
    const token = (accessToken: string, more: Fields) =>
      server.control('POST', '/graph/tokens', { accessToken, appId: ids.app, ...more });
    await token('sender', { wabaIds: [ids.waba], scopes: ['whatsapp_business_messaging'] });
    await token('stranger', {});
    const calls: [string, string][] = [
      ['GET', path],
      ['POST', path],
      ['DELETE', `${path}?name=order_ready`],
      ['GET', `/${id}`],
      ['POST', `/${id}`],
      ['POST', `/${id}/unpause`],
    ];
    for (const [method, of] of calls) {
      const as = (accessToken: string) =>
        server.call(method, `/graph/v26.0${of}`, method === 'POST' ? template : undefined, {
          authorization: `Bearer ${accessToken}`,
        });
      expect(await as('sender')).toMatchObject({ status: 403, json: { error: { code: 200 } } });
      expect((await as('stranger')).json.error).toMatchObject({ code: 100, error_subcode: 33 });
    }
    expect((await list()).data).toHaveLength(1);
  });
});

describe('changing and deleting templates', () => {
  const words = (text: string) => ({ components: [{ type: 'BODY', text }] });

  it('replaces all components and waits for approval again', async () => {
    const withFooter = { components: [body, { type: 'FOOTER', text: 'Bye' }] };
    const { id } = (await create(withFooter)).json;
    expect((await server.graph('POST', `/${id}`, words('New'))).json.error).toMatchObject({ code: 100 });
    await act(id, 'reject');
    expect((await server.graph('POST', `/${id}`, words('New'))).json).toEqual({ success: true });
    expect((await list()).data).toMatchObject([{ status: 'PENDING', components: [{ type: 'BODY', text: 'New' }] }]);
    const told = await until(() => server.receiver.changes('message_template_components_update')[0]);
    expect(told.value).toMatchObject({ message_template_id: Number(id), message_template_element: 'New' });
  });

  it('takes one change of an approved one a day, and none that is wrong', async () => {
    const { id } = (await create()).json;
    await act(id, 'approve');
    expect((await server.graph('POST', `/${id}`, words('x'.repeat(1025)))).json.error.code).toBe(100);
    expect((await list()).data).toMatchObject([{ status: 'APPROVED' }]);
    expect((await server.graph('POST', `/${id}`, words('second'))).status).toBe(200);
    await act(id, 'approve');
    expect((await server.graph('POST', `/${id}`, words('third'))).json.error.code).toBe(100);
    await server.control('POST', '/clock', { advanceMs: 24 * 3_600_000 + 1 });
    expect((await server.graph('POST', `/${id}`, words('third'))).status).toBe(200);
  });

  it('deletes all languages by name, one by id, and keeps the name of an approved one', async () => {
    const { id } = (await create()).json;
    await create({ language: 'de' });
    await create({ language: 'fr' });
    await act(id, 'approve');
    expect((await server.graph('DELETE', path)).json.error.code).toBe(100);
    expect((await server.graph('DELETE', `${path}?hsm_id=${id}&name=other`)).json.error.code).toBe(100);
    expect((await server.graph('DELETE', `${path}?hsm_id=${id}&name=order_ready`)).json).toEqual({ success: true });
    expect((await list('fields=language')).data.map(({ language }) => language)).toEqual(['de', 'fr']);
    expect((await create()).json.error).toMatchObject({ code: 100, error_subcode: 2388023 });
    expect((await server.graph('DELETE', `${path}?name=order_ready`)).json).toEqual({ success: true });
    expect((await list()).data).toEqual([]);
    await until(() => server.receiver.changes('message_template_status_update').length === 4);
    const events = server.receiver.changes('message_template_status_update').map(({ value }) => value.event);
    expect(events).toEqual(['APPROVED', 'DELETED', 'DELETED', 'DELETED']);
    await server.control('POST', '/clock', { advanceMs: 30 * 24 * 3_600_000 });
    expect((await create()).status).toBe(200);
  });

  it('ends a pause for pacing only', async () => {
    const { id } = (await create()).json;
    await act(id, 'pause', { stage: 'first' });
    expect((await server.graph('POST', `/${id}/unpause`)).json).toMatchObject({ success: false });
    await act(id, 'pause', { stage: 'pacing' });
    expect((await server.graph('POST', `/${id}/unpause`)).json).toEqual({ success: true });
    expect((await list()).data).toMatchObject([{ status: 'APPROVED' }]);
  });

  it('leaves numbers and accounts what they are', async () => {
    await server.control('POST', '/graph/numbers', numberOf('400900'));
    expect((await server.graph('GET', '/400900')).json).toMatchObject({ id: '400900' });
    expect((await server.graph('POST', '/400900', {})).json.error.code).toBe(100);
    expect((await server.graph('POST', '/1234567890123456', words('x'))).json.error).toMatchObject({
      error_subcode: 33,
    });
  });
});
