import { describe, expect, it } from '@jest/globals';
import { messageOf } from '../../../activities/outgoing-message.ts';
import type { Attachment } from '../../../db/attachments.ts';
import type { CustomerRow } from '../../../db/to-customer.ts';

const ROW: CustomerRow = {
  id: 'row',
  state: 'ready',
  kind: 'text',
  text: '',
  content: null,
  isMarketing: false,
  isFilePending: false,
  quotedChannelMessageId: null,
  claimToken: null,
  claimedMsAgo: null,
  attempts: 0,
  waitMs: 0,
};
const FILE: Attachment = {
  id: 'file',
  messageId: 'row',
  part: 0,
  name: 'offer.pdf',
  mime: 'application/pdf',
  size: 3,
  isVoice: false,
  planfixFile: 9001,
  channelMediaId: 'media-1',
  state: 'moved',
  reason: null,
  wantedMsAgo: null,
};
const PLACE = { latitude: 52.5, longitude: 13.4 };
const TEMPLATE = { name: 'reminder', language: 'en', parameters: { body: ['five'] } };
const CARD = { name: 'Jane', phones: [{ number: '+4915123456789' }], emails: [], addresses: [], urls: [] };

describe('messageOf', () => {
  it.each<[string, Partial<CustomerRow>, Attachment | undefined, object]>([
    ['words', { text: 'Hello' }, undefined, { type: 'text', text: 'Hello' }],
    [
      'a document with its name and the words under it',
      { kind: 'document', text: 'the offer' },
      FILE,
      { type: 'media', media: 'document', mediaId: 'media-1', caption: 'the offer', name: 'offer.pdf' },
    ],
    [
      'a document without a name',
      { kind: 'document' },
      { ...FILE, name: null },
      { type: 'media', media: 'document', mediaId: 'media-1' },
    ],
    ['a picture, which has no name', { kind: 'image' }, FILE, { type: 'media', media: 'image', mediaId: 'media-1' }],
    [
      'a reaction',
      { kind: 'reaction', text: '👍', quotedChannelMessageId: 'wamid.1' },
      undefined,
      { type: 'reaction', emoji: '👍', targetChannelMessageId: 'wamid.1' },
    ],
    [
      'a reaction that is taken back',
      { kind: 'reaction', quotedChannelMessageId: 'wamid.1' },
      undefined,
      { type: 'reaction', emoji: '', targetChannelMessageId: 'wamid.1' },
    ],
    [
      'a place',
      { kind: 'location', content: { details: { type: 'location', ...PLACE } } },
      undefined,
      { type: 'location', ...PLACE },
    ],
    [
      'a place with its name',
      {
        kind: 'location',
        content: { details: { type: 'location', ...PLACE, name: 'Office', address: 'Main Street' } },
      },
      undefined,
      { type: 'location', ...PLACE, name: 'Office', address: 'Main Street' },
    ],
    [
      'contacts',
      { kind: 'contacts', content: { details: { type: 'contacts', contacts: [CARD] } } },
      undefined,
      { type: 'contacts', contacts: [CARD] },
    ],
    ['a template', { kind: 'template', content: { template: TEMPLATE } }, undefined, { type: 'template', ...TEMPLATE }],
  ])('is %s', (_, row, file, content) => {
    expect(messageOf({ ...ROW, ...row }, file).content).toEqual(content);
  });

  it.each<[CustomerRow['kind'], boolean]>([
    ['text', true],
    ['document', true],
    ['location', true],
    ['reaction', false],
    ['template', false],
  ])('of kind %s quotes: %s', (kind, quotes) => {
    const content =
      kind === 'template'
        ? { template: TEMPLATE }
        : kind === 'location'
          ? { details: { type: 'location' as const, ...PLACE } }
          : null;
    const row = { ...ROW, kind, content, text: 'x', quotedChannelMessageId: 'wamid.1' };
    const message = messageOf(row, kind === 'document' ? FILE : undefined);
    expect(message.quotedChannelMessageId).toBe(quotes ? 'wamid.1' : undefined);
  });
});
