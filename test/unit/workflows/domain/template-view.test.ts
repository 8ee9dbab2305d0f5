import { describe, expect, it } from '@jest/globals';
import type { Template } from '../../../../workflows/domain/message-content.ts';
import { viewMessage } from '../../../../workflows/domain/message-view.ts';

const view = (template: Template | undefined, language: 'en' | 'ru' = 'en') =>
  viewMessage(
    { direction: 'inbound', kind: 'template', text: '', content: template ? { template } : {}, attachments: [] },
    language,
  );

describe('the view of a template that was sent', () => {
  it.each<[string, Template['parameters'], [string, string][]]>([
    [
      'by position',
      { body: ['five', 'Monday'] },
      [
        ['{{1}}', 'five'],
        ['{{2}}', 'Monday'],
      ],
    ],
    ['by name', { body: { time: 'five' } }, [['{{time}}', 'five']]],
    [
      'in all its places',
      { header: ['Acme'], body: ['five'], buttons: [{ index: 1, type: 'url', value: '42' }] },
      [
        ['{{1}}', 'Acme'],
        ['{{1}}', 'five'],
        ['[2]', '42'],
      ],
    ],
  ])('tells its name, its language and what was filled in %s', (_, parameters, rows) => {
    expect(view({ name: 'reminder', language: 'en_US', parameters })).toEqual([
      expect.objectContaining({ text: 'Template reminder (en_US)' }),
      { kind: 'table', rows },
    ]);
  });

  it('shows its words where they are known, and leads to its file', () => {
    const headerMedia = { media: 'document' as const, link: 'https://acme.example/7.pdf', name: 'Invoice.pdf' };
    const template = { name: 'invoice', language: 'en', parameters: { headerMedia, body: ['7'] } };
    const sent = { direction: 'inbound', kind: 'template', text: 'Invoice 7\n[Pay]', attachments: [] } as const;
    expect(viewMessage({ ...sent, content: { template } }, 'en')).toEqual([
      expect.objectContaining({ text: 'Template invoice (en)' }),
      { kind: 'link', href: 'https://acme.example/7.pdf', text: 'Invoice.pdf' },
      { kind: 'words', text: 'Invoice 7\n[Pay]' },
    ]);
  });

  it('tells its name alone when nothing was to be filled in', () => {
    expect(view({ name: 'hello', language: 'ru' }, 'ru')).toMatchObject([{ text: 'Шаблон hello (ru)' }]);
  });

  it('says at least what it is when nothing is known of it', () => {
    expect(view(undefined)).toMatchObject([{ text: 'Template' }]);
  });

  it('is what a quote of it calls it', () => {
    const quoted = { known: true as const, kind: 'template' as const, text: '' };
    const message = {
      direction: 'inbound' as const,
      kind: 'text' as const,
      text: 'Yes',
      content: {},
      attachments: [],
      quoted,
    };
    expect(viewMessage(message, 'en')[0]).toEqual({ kind: 'quote', text: 'Template' });
  });
});
