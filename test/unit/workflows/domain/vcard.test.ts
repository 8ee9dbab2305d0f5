import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ContactCard } from '../../../../workflows/domain/message-content.ts';
import { contactsToVcard } from '../../../../workflows/domain/vcard.ts';

const EMPTY: ContactCard = { phones: [], emails: [], addresses: [], urls: [] };
const unfold = (text: string) => text.replaceAll('\r\n ', '');

describe('contacts as a vCard file', () => {
  it('holds all that is known', () => {
    const card: ContactCard = {
      name: 'Ben Ohm',
      phones: [
        { number: '+49 151 0000003', whatsapp: '491510000003', type: 'WORK' },
        { number: '123', type: 'x;y' },
      ],
      emails: ['ben@example.com'],
      organization: 'Ohm, Sales',
      title: 'Head',
      addresses: ['Main Street 1, Berlin'],
      urls: ['https://ohm.example'],
      birthday: '1990-01-31',
      vcard: 'BEGIN:VCARD\r\nFN:Somebody else\r\nEND:VCARD',
    };
    expect(contactsToVcard([card]).split('\r\n')).toEqual([
      'BEGIN:VCARD',
      'VERSION:3.0',
      'N:;Ben Ohm;;;',
      'FN:Ben Ohm',
      'ORG:Ohm\\, Sales',
      'TITLE:Head',
      'TEL;TYPE=WORK;waid=491510000003:+49 151 0000003',
      'TEL:123',
      'EMAIL:ben@example.com',
      'ADR:;;Main Street 1\\, Berlin;;;;',
      'URL:https://ohm.example',
      'BDAY:1990-01-31',
      'END:VCARD',
      '',
    ]);
  });

  it('lets no value begin a line of its own', () => {
    const hostile = 'Ben\r\nEND:VCARD\r\nBEGIN:VCARD;,\\\u0000\u2028x';
    const file = contactsToVcard([{ ...EMPTY, name: hostile, birthday: '1990\r\nX:1', emails: [hostile] }]);
    expect(file.match(/^BEGIN:VCARD\r$/gm)).toHaveLength(1);
    expect(unfold(file)).toContain('FN:Ben\\nEND:VCARD\\nBEGIN:VCARD\\;\\,\\\\ \\nx\r\n');
    expect(file).not.toContain('BDAY');
  });

  it('names a nameless card by what it has', () => {
    expect(contactsToVcard([{ ...EMPTY, phones: [{ number: '123' }] }])).toContain('FN:123\r\n');
    expect(contactsToVcard([EMPTY])).toBe('BEGIN:VCARD\r\nVERSION:3.0\r\nN:;;;;\r\nFN:\r\nEND:VCARD\r\n');
  });

  it('folds lines to 75 bytes and never within a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const file = contactsToVcard([{ ...EMPTY, name }]);
        const lines = file.split('\r\n');
        for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
        expect(file.isWellFormed()).toBe(true);
        const own = lines.filter((line) => !line.startsWith(' '));
        expect(own.map((line) => line.split(':')[0])).toEqual(['BEGIN', 'VERSION', 'N', 'FN', 'END', '']);
      }),
    );
  });

  it('loses nothing by that, and would be too long without', () => {
    expect(Buffer.byteLength(unfold(contactsToVcard([{ ...EMPTY, name: 'я'.repeat(100) }])))).toBeGreaterThan(400);
    expect(unfold(contactsToVcard([{ ...EMPTY, name: 'я'.repeat(100) }]))).toContain(`FN:${'я'.repeat(100)}\r\n`);
  });
});
