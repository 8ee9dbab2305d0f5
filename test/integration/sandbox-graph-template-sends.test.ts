import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ids } from './sandbox-graph-business.ts';
import type { Fields } from './sandbox-graph-receiver.ts';
import { type GraphServer, startGraphServer, until } from './sandbox-graph-server.ts';

let server: GraphServer;

beforeAll(async () => {
  server = await startGraphServer();
});

beforeEach(() => server.reset());

afterAll(() => server.close());

const customer = `+${ids.customer}`;
const template = { wabaId: ids.waba, name: 'hello', language: 'en_US', body: 'Hi {{1}}, your {{2}} is here' };
const inNames = { body: 'Hi {{who}}, your {{what}} is here' };
const text = (value: unknown, name?: string): Fields => ({ type: 'text', text: value, parameter_name: name });
const body = (...parameters: Fields[]): Fields => ({ type: 'body', parameters });
const header = (parameter: Fields): Fields => ({ type: 'header', parameters: [parameter] });
const button = (sub: string, index: unknown, ...parameters: Fields[]): Fields => ({
  ...{ type: 'button', sub_type: sub, index, parameters },
});

const right = body(text('Anna'), text('bike'));
const url = { type: 'URL', text: 'Track', url: 'https://example.com/t/{{1}}' };
const plainUrl = { type: 'URL', text: 'Shop', url: 'https://example.com/' };
const reply = { type: 'QUICK_REPLY', text: 'Later' };
const code = { type: 'COPY_CODE', example: 'SAVE5' };
const phone = { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+447700900000' };

const put = (change: Fields = {}) => server.control('POST', '/graph/templates', { ...template, ...change });

function use(components: unknown[] | undefined, { version = 'v26.0', ...more }: Fields = {}) {
  const part = { name: 'hello', language: { code: 'en_US' }, components };
  const message = { messaging_product: 'whatsapp', to: customer, type: 'template', template: part, ...more };
  const authorization = `Bearer ${ids.token}`;
  return server.call('POST', `/graph/${version}/${ids.number}/messages`, message, { authorization });
}

const newest = async () => (await server.chat()).at(-1);

describe('sending a template', () => {
  it('goes out beyond the window, filled in, at its own price', async () => {
    await put({ category: 'MARKETING' });
    await server.control('POST', '/clock', { advanceMs: 25 * 3_600_000 });
    const { json } = await use([right], { biz_opaque_callback_data: 'row-1' });
    const [message] = json.messages;
    expect(message).toMatchObject({ message_status: 'accepted' });
    expect(await newest()).toMatchObject({ type: 'template', text: 'Hi Anna, your bike is here', reached: true });
    const told = () => server.receiver.statuses().filter(({ id }) => id === message?.id);
    const sent = await until(() => told().find(({ status }) => status === 'sent'));
    expect(sent).toMatchObject({
      biz_opaque_callback_data: 'row-1',
      pricing: { type: 'regular', category: 'marketing' },
    });
  });

  it('shows header, footer and buttons on the phone, with their values', async () => {
    const more = { header: 'For {{1}}', footer: 'Reply STOP', buttons: [reply, url, plainUrl, code, phone] };
    await put({ ...more, category: 'UTILITY' });
    const components = [
      header(text('you')),
      right,
      button('quick_reply', '0', { type: 'payload', payload: 'later-7' }),
      button('url', 1, text('77')),
      button('copy_code', '3', { type: 'coupon_code', coupon_code: 'SAVE10' }),
    ];
    expect((await use(components)).status).toBe(200);
    const shown = {
      name: 'hello',
      language: 'en_US',
      category: 'UTILITY',
      header: { format: 'TEXT', text: 'For you' },
      body: 'Hi Anna, your bike is here',
      footer: 'Reply STOP',
      buttons: [
        { type: 'QUICK_REPLY', text: 'Later', payload: 'later-7' },
        { type: 'URL', text: 'Track', url: 'https://example.com/t/77' },
        { type: 'URL', text: 'Shop', url: 'https://example.com/' },
        { type: 'COPY_CODE', text: 'Copy offer code', code: 'SAVE10' },
        { type: 'PHONE_NUMBER', text: 'Call', phoneNumber: '+447700900000' },
      ],
    };
    expect(await newest()).toMatchObject({ text: 'For you\nHi Anna, your bike is here', template: shown });
    const state = await server.control('GET', '/state');
    expect(JSON.stringify(state)).toContain('"text":"Reply STOP"'.replace('text', 'footer'));
  });

  it('takes names in any order, and amounts and dates', async () => {
    await put(inNames);
    const amount = { type: 'currency', parameter_name: 'what', currency: { fallback_value: '€ 5', code: 'EUR' } };
    expect((await use([body(amount, text('Anna', 'who'))])).status).toBe(200);
    expect(await newest()).toMatchObject({ text: 'Hi Anna, your € 5 is here' });
  });

  it('takes pictures by id and by link, and fetches no link', async () => {
    await put({ header: { format: 'IMAGE' } });
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
    const { id } = (await server.upload(png, 'image/png')).json;
    expect((await use([header({ type: 'image', image: { id } }), right])).status).toBe(200);
    expect(await newest()).toMatchObject({ media: { id }, template: { header: { format: 'IMAGE' } } });
    const link = 'https://example.com/a.png';
    expect((await use([header({ type: 'image', image: { link } }), right])).status).toBe(200);
    expect(await newest()).toMatchObject({
      template: { header: { format: 'IMAGE', link } },
      text: expect.stringMatching(/^\[image\]\n/),
    });
  });

  it('takes documents with a name', async () => {
    await put({ header: { format: 'DOCUMENT' } });
    const document = { link: 'https://example.com/1.pdf', filename: 'Rechnung №1.pdf' };
    expect((await use([header({ type: 'document', document }), right])).status).toBe(200);
    expect(await newest()).toMatchObject({ template: { header: { filename: 'Rechnung №1.pdf' } } });
  });

  const image = { header: { format: 'IMAGE' } };
  it.each<[string, Fields, unknown[] | undefined, number, number]>([
    ['no values', {}, undefined, 132000, 400],
    ['too few values', {}, [body(text('Anna'))], 132000, 400],
    ['too many values', {}, [body(text('a'), text('b'), text('c'))], 132000, 400],
    ['values for a header that is none', {}, [header(text('x')), right], 132000, 400],
    ['names for positions', {}, [body(text('a', 'who'), text('b', 'what'))], 132018, 400],
    ['positions for names', inNames, [right], 132018, 400],
    ['another name', inNames, [body(text('a', 'who'), text('b', 'whose'))], 132018, 400],
    ['a name twice', inNames, [body(text('a', 'who'), text('b', 'who'))], 132018, 400],
    ['a picture for words', {}, [body(text('a'), { type: 'image', image: {} })], 132012, 400],
    ['an empty value', {}, [body(text('a'), text(''))], 131008, 400],
    ['a line break', {}, [body(text('a'), text('b\nc'))], 132018, 400],
    ['a tab', {}, [body(text('a'), text('b\tc'))], 132018, 400],
    ['five spaces', {}, [body(text('a'), text('b     c'))], 132018, 400],
    ['1025 characters', {}, [body(text('a'), text('x'.repeat(1025 - 'Hi a, your  is here'.length)))], 132005, 400],
    ['a header of 61', { header: '{{1}}' }, [header(text('x'.repeat(61))), right], 132005, 400],
    ['no picture', image, [right], 132012, 400],
    ['words for a picture', image, [header(text('x')), right], 132012, 400],
    ['a picture from http', image, [header({ type: 'image', image: { link: 'http://x.de/a' } }), right], 100, 400],
    ['a picture of no id', image, [header({ type: 'image', image: { id: '5' } }), right], 100, 400],
    [
      'a picture of both',
      image,
      [header({ type: 'image', image: { id: '5', link: 'https://x.de' } }), right],
      100,
      400,
    ],
    ['no value for a link', { buttons: [url] }, [right], 131008, 400],
    ['two values for a link', { buttons: [url] }, [right, button('url', 0, text('1'), text('2'))], 132000, 400],
    ['a value for a plain link', { buttons: [plainUrl] }, [right, button('url', 0, text('1'))], 132000, 400],
    ['a button of another kind', { buttons: [url] }, [right, button('quick_reply', 0, text('1'))], 132012, 400],
    ['a button that is none', { buttons: [url] }, [right, button('url', 1, text('1'))], 131009, 400],
    ['a value for a phone', { buttons: [phone] }, [right, button('phone_number', 0, text('1'))], 132012, 400],
    ['no code', { buttons: [code] }, [right], 131008, 400],
    ['words for a code', { buttons: [code] }, [right, button('copy_code', 0, text('X'))], 132012, 400],
    [
      'a long code',
      { buttons: [code] },
      [right, button('copy_code', 0, { type: 'coupon_code', coupon_code: 'x'.repeat(16) })],
      131009,
      400,
    ],
    ['a component of no kind', {}, [right, { type: 'footer', parameters: [] }], 100, 400],
    ['two bodies', {}, [right, right], 100, 400],
    ['a paused one', { status: 'PAUSED' }, [right], 132015, 400],
    ['a disabled one', { status: 'DISABLED' }, [right], 132016, 400],
    ['one that waits for approval', { status: 'PENDING' }, [right], 132001, 404],
    ['a rejected one', { status: 'REJECTED' }, [right], 132001, 404],
    ['another language', { language: 'en' }, [right], 132001, 404],
    ['another name', { name: 'hallo' }, [right], 132001, 404],
  ])('is refused: %s', async (_what, change, components, code, status) => {
    await put(change);
    expect(await use(components)).toMatchObject({ status, json: { error: { code } } });
    expect(await server.chat()).toHaveLength(1);
  });

  it.each<[string, Fields, unknown[]]>([
    ['four spaces', {}, [body(text('a'), text('b    c'))]],
    ['1024 characters', {}, [body(text('a'), text('x'.repeat(1024 - 'Hi a, your  is here'.length)))]],
    ['a header of 60', { header: '{{1}}' }, [header(text('x'.repeat(60))), right]],
    [
      'a code of 15',
      { buttons: [code] },
      [right, button('copy_code', 0, { type: 'coupon_code', coupon_code: 'x'.repeat(15) })],
    ],
    ['no payload', { buttons: [reply] }, [right]],
  ])('is taken: %s', async (_what, change, components) => {
    await put(change);
    expect((await use(components)).status).toBe(200);
  });

  it('had another code for mixed names before v23.0', async () => {
    await put(inNames);
    expect((await use([right], { version: 'v22.0' })).json.error.code).toBe(132012);
    expect((await use([right], { version: 'v23.0' })).json.error.code).toBe(132018);
  });

  it('is refused from the moment of a pause until its end', async () => {
    const { id } = await put();
    await server.control('POST', `/graph/templates/${id}/pause`);
    expect((await use([right])).json.error.code).toBe(132015);
    await server.control('POST', '/clock', { advanceMs: 3 * 3_600_000 + 1_000 });
    expect((await use([right])).status).toBe(200);
    await server.graph('DELETE', `/${ids.waba}/message_templates?name=hello`);
    expect(await use([right])).toMatchObject({ status: 404, json: { error: { code: 132001 } } });
  });
});

describe('a tap on a quick reply', () => {
  const tap = (more: Fields) =>
    server.call('POST', '/control/graph/messages', {
      phoneNumberId: ids.number,
      from: ids.customer,
      wait: true,
      ...more,
    });

  it('comes as a button with the payload, quoting the template', async () => {
    await put({ buttons: [reply, { type: 'QUICK_REPLY', text: 'Never' }, plainUrl] });
    const payload = button('quick_reply', 0, { type: 'payload', payload: 'later-7' });
    const messageId = (await use([right, payload])).json.messages[0]?.id;
    await tap({ tap: { messageId, button: 0 } });
    await tap({ tap: { messageId, button: 'Never' } });
    expect(server.receiver.messages()).toMatchObject([
      { type: 'button', button: { payload: 'later-7', text: 'Later' }, context: { id: messageId } },
      { type: 'button', button: { payload: 'Never', text: 'Never' }, context: { id: messageId } },
    ]);
    for (const wrong of [2, 3, 'Shop', 'None']) {
      expect((await tap({ tap: { messageId, button: wrong } })).status).toBe(404);
    }
    const [first] = await server.chat();
    expect((await tap({ tap: { messageId: first?.id, button: 0 } })).status).toBe(404);
    expect(server.receiver.messages()).toHaveLength(2);
  });
});
