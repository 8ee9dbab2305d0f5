import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { ChannelEvent } from '../../../../../activities/channels/channel.ts';
import { parseWhatsAppBody } from '../../../../../activities/channels/whatsapp/parse-envelope.ts';
import { toTemplate } from '../../../../../activities/channels/whatsapp/read-template.ts';

function parseFixture(name: string): ChannelEvent[] {
  return parseWhatsAppBody(readFileSync(new URL(`../../../../fixtures/whatsapp-cloud/${name}.json`, import.meta.url)));
}

describe('news about templates', () => {
  it.each([
    'account-template-approved',
    'account-template-paused',
    'account-template-quality',
    'account-template-category',
    'account-template-components',
  ])('has the templates of the account read again: %s', (name) => {
    expect(parseFixture(name)).toEqual([
      expect.objectContaining({ kind: 'account-event', touches: 'templates', accountKey: '102290129340398' }),
    ]);
  });

  it('control: other news of an account does not', () => {
    const [event] = parseFixture('account-field-unknown');
    expect(event?.kind).toBe('account-event');
    expect(event).not.toHaveProperty('touches');
  });

  it.each(['constructor', '__proto__', 'toString'])('takes "%s" for a field like any other', (field) => {
    const body = `{"entry":[{"id":"1","changes":[{"field":"${field}","value":{"metadata":{"phone_number_id":"2"}}}]}]}`;
    expect(parseWhatsAppBody(Buffer.from(body))).toMatchObject([{ kind: 'account-event', field }]);
  });
});

describe('preferences', () => {
  it('are events of the customer and the number', () => {
    expect(parseFixture('preference-stop')).toEqual([
      {
        kind: 'preference',
        connectionKey: '106540352242922',
        accountKey: '102290129340398',
        customer: { phone: '4915100000002', bsuid: 'DE.1234567890' },
        marketing: 'stopped',
        atMs: 1_764_000_000_000,
        eventKey: expect.stringMatching(/^preference:/),
        raw: expect.anything(),
      },
    ]);
  });

  it('are read one by one, whatever the others are', () => {
    const events = parseFixture('preferences-several');
    expect(events.map((event) => [event.kind, 'reason' in event ? event.reason : undefined])).toEqual([
      ['preference', undefined],
      ['preference', undefined],
      ['ignored', 'a preference that is not known: calls stop'],
      ['ignored', 'a preference that is not known: marketing_messages later'],
      ['unreadable', 'a preference of nobody'],
      ['unreadable', 'a preference without category or value'],
      ['unreadable', 'an item of "user_preferences" is no object'],
    ]);
    expect(events[0]).toMatchObject({ marketing: 'allowed', atMs: 1_764_000_100_000 });
    expect(events[1]).toMatchObject({ marketing: 'stopped', customer: { bsuid: 'DE.1234567890' } });
  });
});

/** As Meta lists one; components by their kind. */
const listed = (components: unknown[], more: object = {}) => ({
  id: '1689556908129832',
  name: 'order_update',
  language: 'en_US',
  status: 'APPROVED',
  category: 'UTILITY',
  components,
  ...more,
});
const BODY = { type: 'BODY', text: 'Order {{1}} for {{2}}', example: { body_text: [['A-17', 'Jane']] } };

describe('templates as Meta lists them', () => {
  it('are read with all that is known', () => {
    const components = [
      { type: 'HEADER', format: 'TEXT', text: 'Order {{1}}', example: { header_text: ['A-17'] } },
      BODY,
      { type: 'FOOTER', text: 'Acme' },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'QUICK_REPLY', text: 'Yes' },
          { type: 'URL', text: 'Track', url: 'https://a.example/{{1}}', example: ['https://a.example/A17'] },
          { type: 'COPY_CODE', text: 'Copy', example: 'SAVE20' },
          { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+15550100' },
          { type: 'FLOW', text: 'Form', flow_id: 7 },
        ],
      },
    ];
    const more = { parameter_format: 'POSITIONAL', quality_score: { score: 'GREEN' }, rejected_reason: 'NONE' };
    expect(toTemplate(listed(components, more))).toEqual({
      id: '1689556908129832',
      name: 'order_update',
      language: 'en_US',
      status: 'approved',
      category: 'utility',
      parameterFormat: 'positional',
      quality: 'GREEN',
      components: {
        header: { format: 'text', text: 'Order {{1}}', example: 'A-17' },
        body: { text: 'Order {{1}} for {{2}}', example: { 1: 'A-17', 2: 'Jane' } },
        footer: 'Acme',
        buttons: [
          { type: 'quick-reply', name: 'QUICK_REPLY', text: 'Yes' },
          { type: 'url', name: 'URL', text: 'Track', url: 'https://a.example/{{1}}', example: 'https://a.example/A17' },
          { type: 'copy-code', name: 'COPY_CODE', text: 'Copy', example: 'SAVE20' },
          { type: 'plain', name: 'PHONE_NUMBER', text: 'Call' },
          { type: 'other', name: 'FLOW', text: 'Form' },
        ],
      },
    });
  });

  it.each<[string, object, object]>([
    [
      'named placeholders',
      listed(
        [
          {
            type: 'BODY',
            text: 'Dear {{name}}',
            example: { body_text_named_params: [{ param_name: 'name', example: 'Jane' }] },
          },
        ],
        { parameter_format: 'NAMED' },
      ),
      { parameterFormat: 'named', components: { body: { text: 'Dear {{name}}', example: { name: 'Jane' } } } },
    ],
    ['names without a format', listed([{ type: 'BODY', text: 'Dear {{name}}' }]), { parameterFormat: 'named' }],
    [
      'a picture',
      listed([BODY, { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['https://a.example/p.jpg'] } }]),
      { components: { header: { format: 'image', example: 'https://a.example/p.jpg' } } },
    ],
    [
      'a header of another kind',
      listed([BODY, { type: 'HEADER', format: 'LOCATION' }]),
      { components: { header: { format: 'other', name: 'LOCATION' } } },
    ],
    [
      'a part of another kind',
      listed([BODY, { type: 'CAROUSEL', cards: [] }]),
      { components: { others: ['CAROUSEL'] } },
    ],
    [
      'a reason',
      listed([BODY], { status: 'REJECTED', rejected_reason: 'PROMOTIONAL' }),
      { status: 'rejected', statusReason: 'PROMOTIONAL' },
    ],
    ['a number for its id', listed([BODY], { id: 1689556908129832 }), { id: '1689556908129832' }],
    [
      'fields of another type',
      listed([{ type: 'BODY', text: 7, example: 'A' }, 'x', { type: 'BUTTONS', buttons: [7] }], {
        quality_score: 'GREEN',
        components_count: 3,
      }),
      { components: { body: { text: '' }, buttons: [{ type: 'other', name: 'UNKNOWN', text: '' }] } },
    ],
  ])('are read with %s', (_, item, expected) => {
    expect(toTemplate(item)).toMatchObject(expected);
  });

  it.each([null, 'x', {}, { ...listed([BODY]), name: '' }, { ...listed([BODY]), status: undefined }])(
    'are left out when they are none: %j',
    (item) => {
      expect(toTemplate(item)).toBeUndefined();
    },
  );
});
