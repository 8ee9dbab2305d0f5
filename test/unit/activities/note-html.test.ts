import { describe, expect, it } from '@jest/globals';
import { noteHtml, waitingHtml, windowClosingHtml } from '../../../activities/note-html.ts';
import type { NoteSubject } from '../../../db/notes.ts';

const SUBJECT: NoteSubject = {
  kind: 'text',
  state: 'failed',
  reason: 'recipient-unreachable',
  reasonCode: 131026,
  text: 'Hello',
  fileName: null,
  templateName: null,
  fileReason: null,
  planfixAuthor: 'user:3',
  parts: 1,
  partsSent: 0,
};

describe('the note about a message that did not arrive', () => {
  it.each<[string, Partial<NoteSubject>, string]>([
    ['its words, harmless', { text: 'a <b> & "c"' }, '«a &lt;b&gt; &amp; &quot;c&quot;»'],
    ['the beginning of long words, no emoji cut', { text: '👍'.repeat(81) }, `«${'👍'.repeat(80)}…»`],
    ['whole words of that very length', { text: 'x'.repeat(80) }, `«${'x'.repeat(80)}»`],
    ['its file', { kind: 'document', text: '', fileName: 'offer <1>.pdf' }, '«offer &lt;1&gt;.pdf»'],
    ['the words under its file', { kind: 'image', text: 'the office', fileName: 'a.jpg' }, '«the office»'],
    ['its template', { kind: 'template', text: '', templateName: 'reminder' }, '«Template reminder»'],
    ['what it is, where it has no words', { kind: 'location', text: '' }, '«Location»'],
  ])('names %s', (_, change, named) => {
    expect(noteHtml({ ...SUBJECT, ...change }, 'en')).toContain(named);
    expect(waitingHtml({ ...SUBJECT, ...change }, 'en')).toContain(named);
  });

  it.each<[string, Partial<NoteSubject>, 'en' | 'ru', string, string]>([
    ['by its code', {}, 'en', 'has no WhatsApp', 'Check the number'],
    ['by its code in Russian', {}, 'ru', 'у номера нет WhatsApp', 'Проверьте номер'],
    ['by its kind, without a code', { reasonCode: null }, 'en', 'cannot be reached', 'another way'],
    ['for its file', { reason: 'file-rejected', reasonCode: null, fileReason: 'too-large' }, 'en', '100 MB', 'a link'],
    ['for nothing that is known', { reason: null, reasonCode: null }, 'en', 'not known here', 'Send the message again'],
    ['for a word of another day', { reason: 'gone-mad', reasonCode: null }, 'en', 'not known here', 'again'],
  ])('says why and what to do: %s', (_, change, language, sentence, remedy) => {
    const html = noteHtml({ ...SUBJECT, ...change }, language);
    expect(html).toContain(sentence);
    expect(html).toContain(remedy);
  });

  it('says of an unknown outcome only that, whatever else is known', () => {
    const html = noteHtml({ ...SUBJECT, state: 'unknown' }, 'en');
    expect(html).toContain('It is not known whether this reached the customer:');
    expect(html).not.toContain('Not delivered');
    expect(html).not.toContain('has no WhatsApp');
  });

  it('counts the parts of a comment that had several', () => {
    expect(noteHtml({ ...SUBJECT, parts: 5, partsSent: 3 }, 'en')).toContain('3 of 5 parts');
    expect(noteHtml({ ...SUBJECT, parts: 5, partsSent: 3 }, 'ru')).toContain('3 из 5');
    expect(noteHtml(SUBJECT, 'en')).not.toContain('parts');
  });
});

describe('the note about a message that waits', () => {
  it.each([
    ['en', 'Waits for the customer:', 'Send an approved template', 'it leaves by itself'],
    ['ru', 'Ожидает клиента:', 'Отправьте одобренный шаблон', 'оно уйдёт само'],
  ] as const)('names both choices in %s', (language, ...words) => {
    for (const word of words) expect(waitingHtml({ ...SUBJECT, state: 'waiting' }, language)).toContain(word);
  });
});

describe('the note about a window that closes', () => {
  const windowExpiresAt = new Date('2026-11-26T21:05:00Z');

  it.each([
    ['en', 'Europe/Berlin', '22:05'],
    ['ru', 'Europe/Moscow', '00:05'],
    ['en', null, '21:05 UTC'],
  ] as const)('tells the time of the account in %s, %s: %s', (language, timeZone, time) => {
    expect(windowClosingHtml({ account: { timeZone }, settings: { language }, windowExpiresAt })).toContain(time);
  });
});
