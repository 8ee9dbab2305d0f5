import { describe, expect, it } from '@jest/globals';
import type { OutgoingContent, OutgoingMessage } from '../../../../../activities/channels/channel.ts';
import { buildPayload } from '../../../../../activities/channels/whatsapp/build-payload.ts';
import { findFault } from '../../../../../activities/channels/whatsapp/find-fault.ts';

const message = (content: OutgoingContent, more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  to: { kind: 'phone', phone: '4915100000002' },
  content,
  callbackData: 'row-1',
  ...more,
});
const card = (more: object = {}) => ({ phones: [], emails: [], addresses: [], urls: [], ...more });

const CASES: [name: string, content: OutgoingContent, type: string, body: unknown][] = [
  ['a text', { type: 'text', text: 'Hello' }, 'text', { body: 'Hello' }],
  ['a text with a preview', { type: 'text', text: 'a', previewUrl: true }, 'text', { body: 'a', preview_url: true }],
  [
    'a picture',
    { type: 'media', media: 'image', mediaId: '7', caption: 'Look' },
    'image',
    { id: '7', caption: 'Look' },
  ],
  ['a film', { type: 'media', media: 'video', mediaId: '7' }, 'video', { id: '7' }],
  ['a voice message', { type: 'media', media: 'audio', mediaId: '7', voice: true }, 'audio', { id: '7', voice: true }],
  [
    'a document',
    { type: 'media', media: 'document', mediaId: '7', caption: 'Read', name: 'Счёт.pdf' },
    'document',
    { id: '7', caption: 'Read', filename: 'Счёт.pdf' },
  ],
  ['a sticker', { type: 'media', media: 'sticker', mediaId: '7' }, 'sticker', { id: '7' }],
  [
    'a reaction',
    { type: 'reaction', emoji: '👨‍👩‍👧', targetChannelMessageId: 'wamid.A' },
    'reaction',
    { message_id: 'wamid.A', emoji: '👨‍👩‍👧' },
  ],
  [
    'a reaction taken back',
    { type: 'reaction', emoji: '', targetChannelMessageId: 'wamid.A' },
    'reaction',
    { message_id: 'wamid.A', emoji: '' },
  ],
  [
    'a place',
    { type: 'location', latitude: -33.9, longitude: 18.4, name: 'Office', address: 'Long St 1' },
    'location',
    { latitude: -33.9, longitude: 18.4, name: 'Office', address: 'Long St 1' },
  ],
  ['the middle of the sea', { type: 'location', latitude: 0, longitude: 0 }, 'location', { latitude: 0, longitude: 0 }],
  [
    'a contact',
    {
      type: 'contacts',
      contacts: [
        card({
          name: 'Jane Roe',
          phones: [{ number: '+44 20 7946 0000', whatsapp: '442079460000', type: 'WORK' }],
          emails: ['jane@example.com'],
          organization: 'Acme',
          title: 'Buyer',
          addresses: ['1 High St'],
          urls: ['https://example.com'],
          birthday: '1990-02-03',
          vcard: 'BEGIN:VCARD',
        }),
      ],
    },
    'contacts',
    [
      {
        name: { formatted_name: 'Jane Roe', first_name: 'Jane Roe' },
        phones: [{ phone: '+44 20 7946 0000', wa_id: '442079460000', type: 'WORK' }],
        emails: [{ email: 'jane@example.com' }],
        org: { company: 'Acme', title: 'Buyer' },
        addresses: [{ street: '1 High St' }],
        urls: [{ url: 'https://example.com' }],
        birthday: '1990-02-03',
      },
    ],
  ],
  [
    'a contact without a name',
    { type: 'contacts', contacts: [card({ phones: [{ number: '+4420' }], birthday: 'May' })] },
    'contacts',
    [{ name: { formatted_name: '+4420', first_name: '+4420' }, phones: [{ phone: '+4420' }] }],
  ],
  [
    'a template without fields',
    { type: 'template', name: 'hello', language: 'en_US' },
    'template',
    { name: 'hello', language: { code: 'en_US' } },
  ],
  [
    'a template with fields by place and by name',
    {
      type: 'template',
      name: 'order_2',
      language: 'ru',
      parameters: {
        header: ['A-1'],
        body: { first: 'Jane', sum: '5 €' },
        buttons: [{ index: 0, type: 'url', value: 'track/1' }],
      },
    },
    'template',
    {
      name: 'order_2',
      language: { code: 'ru' },
      components: [
        { type: 'header', parameters: [{ type: 'text', text: 'A-1' }] },
        {
          type: 'body',
          parameters: [
            { type: 'text', parameter_name: 'first', text: 'Jane' },
            { type: 'text', parameter_name: 'sum', text: '5 €' },
          ],
        },
        { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'track/1' }] },
      ],
    },
  ],
];

const FILE_TEMPLATE: OutgoingContent = {
  type: 'template',
  name: 'invoice',
  language: 'en',
  parameters: {
    headerMedia: { media: 'document', link: 'https://acme.example/7.pdf', name: 'Invoice.pdf' },
    body: ['7'],
    buttons: [
      { index: 0, type: 'quick-reply', value: 'paid-7' },
      { index: 1, type: 'url', value: '7' },
      { index: 3, type: 'copy-code', value: 'SAVE20' },
    ],
  },
};

describe('buildPayload', () => {
  it('writes a template with a file and buttons of every kind as Meta wants it', () => {
    const made = message(FILE_TEMPLATE);
    expect(findFault(made)).toBeUndefined();
    const button = (index: string, sub_type: string, parameter: object) => ({
      type: 'button',
      sub_type,
      index,
      parameters: [parameter],
    });
    const document = { link: 'https://acme.example/7.pdf', filename: 'Invoice.pdf' };
    expect(buildPayload(made).template).toEqual({
      name: 'invoice',
      language: { code: 'en' },
      components: [
        { type: 'header', parameters: [{ type: 'document', document }] },
        { type: 'body', parameters: [{ type: 'text', text: '7' }] },
        button('0', 'quick_reply', { type: 'payload', payload: 'paid-7' }),
        button('1', 'url', { type: 'text', text: '7' }),
        button('3', 'copy_code', { type: 'coupon_code', coupon_code: 'SAVE20' }),
      ],
    });
  });

  it.each(CASES)('writes %s as Meta wants it', (_, content, type, body) => {
    const made = message(content);
    expect(findFault(made)).toBeUndefined();
    expect(JSON.parse(JSON.stringify(buildPayload(made)))).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '+4915100000002',
      type,
      [type]: body,
      biz_opaque_callback_data: 'row-1',
    });
  });

  it("never sends a link in place of an agent's file", () => {
    const keys = CASES.flatMap(([, content]) => {
      const found: string[] = [];
      JSON.stringify(buildPayload(message(content)), (key, value: unknown) => {
        found.push(key);
        return value;
      });
      return found;
    });
    expect(keys).toContain('id');
    expect(keys).not.toContain('link');
  });

  it('addresses a user id, and quotes', () => {
    const made = message(
      { type: 'text', text: 'a' },
      { to: { kind: 'bsuid', bsuid: 'DE.1' }, quotedChannelMessageId: 'wamid.Q' },
    );
    expect(findFault(made)).toBeUndefined();
    expect(buildPayload(made)).toMatchObject({ recipient: 'DE.1', context: { message_id: 'wamid.Q' } });
    expect(buildPayload(made)).not.toHaveProperty('to');
  });
});

describe('findFault', () => {
  const media = { type: 'media', media: 'document', mediaId: '7' } as const;
  const reaction = { type: 'reaction', emoji: '👍', targetChannelMessageId: 'wamid.A' } as const;
  const template = { type: 'template', name: 'hello', language: 'en' } as const;

  it.each<[string, OutgoingContent, Partial<OutgoingMessage>?]>([
    ['no words', { type: 'text', text: ' \n' }],
    ['a text that is too long', { type: 'text', text: 'x'.repeat(4_097) }],
    ['a file without id', { ...media, mediaId: '' }],
    ['a caption that is too long', { ...media, caption: 'x'.repeat(1_025) }],
    ['a caption of a sound', { type: 'media', media: 'audio', mediaId: '7', caption: 'a' }],
    ['a caption of a sticker', { type: 'media', media: 'sticker', mediaId: '7', caption: 'a' }],
    ['a name of a picture', { type: 'media', media: 'image', mediaId: '7', name: 'a.jpg' }],
    ['a name that is a path', { ...media, name: '../a.pdf' }],
    ['a name that turns around', { ...media, name: 'a\u202efdp.exe' }],
    ['a name of two lines', { ...media, name: 'a\nb.pdf' }],
    ['a name that is too long', { ...media, name: 'x'.repeat(241) }],
    ['an empty name', { ...media, name: ' ' }],
    ['a voice that is a film', { type: 'media', media: 'video', mediaId: '7', voice: true }],
    ['a reaction of a word', { ...reaction, emoji: 'ok' }],
    ['a reaction of a digit', { ...reaction, emoji: '1' }],
    ['a reaction of two signs', { ...reaction, emoji: '👍👍' }],
    ['a reaction of four thousand signs', { ...reaction, emoji: '👍\u200d'.repeat(4_096) }],
    ['a reaction to nothing', { ...reaction, targetChannelMessageId: '' }],
    ['a reaction that quotes', reaction, { quotedChannelMessageId: 'wamid.Q' }],
    ['a place beyond the pole', { type: 'location', latitude: 90.1, longitude: 0 }],
    ['a place beyond the date line', { type: 'location', latitude: 0, longitude: -180.1 }],
    ['a place that is no number', { type: 'location', latitude: Number.NaN, longitude: 0 }],
    ['no contact', { type: 'contacts', contacts: [] }],
    ['six contacts', { type: 'contacts', contacts: Array.from({ length: 6 }, () => card({ name: 'A' })) }],
    ['an empty contact', { type: 'contacts', contacts: [card()] }],
    ['a contact with an empty phone', { type: 'contacts', contacts: [card({ name: 'A', phones: [{ number: ' ' }] })] }],
    ['a template of another form', { ...template, name: 'Hello there' }],
    ['a template in no language', { ...template, language: '' }],
    ['a template with an empty field', { ...template, parameters: { body: ['a', ' '] } }],
    [
      'a template with a file that nobody can fetch',
      { ...template, parameters: { headerMedia: { media: 'image', link: 'http://a.example/b.jpg' } } },
    ],
    [
      'a template with an empty button',
      { ...template, parameters: { buttons: [{ index: 0, type: 'url', value: '' }] } },
    ],
    ['a template that quotes', template, { quotedChannelMessageId: 'wamid.Q' }],
    ['an empty quote', { type: 'text', text: 'a' }, { quotedChannelMessageId: '' }],
    ['a local number', { type: 'text', text: 'a' }, { to: { kind: 'phone', phone: '015100000002' } }],
    ['a user id of another form', { type: 'text', text: 'a' }, { to: { kind: 'bsuid', bsuid: '4915100000002' } }],
    ['a mark that is too long', { type: 'text', text: 'a' }, { callbackData: 'x'.repeat(513) }],
  ])('refuses %s, in words without its content', (...[, content, more]) => {
    expect(findFault(message(content, more))).toMatch(/^[a-z ]+$/);
  });

  it.each<[string, OutgoingContent]>([
    ['the longest text', { type: 'text', text: 'x'.repeat(4_096) }],
    ['the longest caption', { ...media, caption: 'x'.repeat(1_024) }],
    ['the longest name', { ...media, name: 'x'.repeat(240) }],
    ['the pole', { type: 'location', latitude: -90, longitude: 180 }],
    ['five contacts', { type: 'contacts', contacts: Array.from({ length: 5 }, () => card({ name: 'A' })) }],
    ...['👍', '❤', '❤️', '👍🏽', '🏳️‍🌈', '👨‍👩‍👧‍👦', '🇩🇪', '1️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'].map((emoji): [string, OutgoingContent] => [
      `the reaction ${emoji}`,
      { ...reaction, emoji },
    ]),
  ])('takes %s', (_, content) => {
    expect(findFault(message(content))).toBeUndefined();
  });
});
